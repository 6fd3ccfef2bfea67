import { extname } from 'node:path';
import { Icon } from './icon.js';

/** A sheet with the file's extension, or a folder. The name beside it says the same. */
export function FileTile({ name, kind }: { readonly name: string; readonly kind: 'file' | 'directory' }) {
  if (kind === 'directory')
    return (
      <span class="tile folder" aria-hidden="true">
        <Icon name="folder" />
      </span>
    );
  return (
    <span class="tile" aria-hidden="true">
      <Icon name="sheet" />
      <span>{extensionOf(name)}</span>
    </span>
  );
}

/** At most four letters, or nothing. */
export function extensionOf(name: string): string {
  const extension = extname(name).slice(1).toUpperCase();
  return /^[\p{L}\p{N}]{1,4}$/u.test(extension) ? extension : '';
}
