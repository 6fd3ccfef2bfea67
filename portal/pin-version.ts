import { type Download, type FileEntry, StorageError, type Workspace } from '../storage/index.js';

/** Pins the version that was looked up, of which lengths and digests were told. @throws precondition-failed when it was replaced since */
export async function pinVersion(workspace: Workspace, file: FileEntry): Promise<Download> {
  const download = await workspace.get(file.path);
  if (download.entry.versionId === file.versionId) return download;
  await download.close('interrupted', []);
  throw new StorageError('precondition-failed', 'The file was replaced between look-up and reading.', {
    subject: file.name,
  });
}
