import { statSync } from 'node:fs';

/** Changes when one of the files is another, or was written. A missing one is a state as well, `absent`. */
export function stateOfFiles(files: readonly string[]): string {
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false, bigint: true });
      return found ? `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}` : 'absent';
    })
    .join('; ');
}
