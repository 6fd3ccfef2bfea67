import { pathOf, StorageError, type VirtualPath } from '../storage/index.js';

/**
 * The path after the first segment of an address. Split before it is decoded, so that an encoded slash stays inside its segment and
 * is refused there. @throws StorageError invalid-path
 */
export function pathInAddress(address: string): VirtualPath {
  const encoded = address.split('/').slice(2).filter(Boolean);
  try {
    return pathOf(encoded.map(decodeURIComponent));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new StorageError('invalid-path', 'The address is not percent-encoded UTF-8.', { cause: error });
  }
}
