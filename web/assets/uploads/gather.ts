/** What somebody chose or dropped: files by their path below the place, and the folders they lie in, empty ones too. */
export interface Chosen {
  readonly files: { readonly path: string; readonly file: File }[];
  readonly folders: string[];
}

/** From a file or folder picker. Pickers do not tell of empty folders; a drop does. */
export function gatherPicked(list: FileList): Chosen {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const folders = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  folders.delete('');
  return { files, folders: [...folders] };
}

/** From a drop, folders with all they hold. The entries are taken at once: after the event the browser forgets them. */
export async function gatherDropped(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const chosen: Chosen = { files: [], folders: [] };
  await walk(entries, chosen);
  return chosen;
}

async function walk(entries: readonly FileSystemEntry[], chosen: Chosen): Promise<void> {
  await Promise.all(
    entries.filter(isFile).map(async (entry) => {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      chosen.files.push({ path: pathOf(entry), file });
    }),
  );
  for (const entry of entries) {
    if (!isFolder(entry)) continue;
    chosen.folders.push(pathOf(entry));
    await walk(await childrenOf(entry), chosen);
  }
}

/** A reader gives some at a time, and nothing at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}

const pathOf = (entry: FileSystemEntry) => entry.fullPath.replace(/^\//u, '');
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
