import {
  type Conditions,
  type PutOptions,
  parsePath,
  type Upload,
  type Workspace,
} from '../../storage/index.js';

/** Opens a deposit of unknown size; `options` as in Workspace.put. */
export function begin(
  workspace: Workspace,
  path: string,
  options: Partial<PutOptions> & Conditions = {},
): Promise<Upload> {
  return workspace.put(parsePath(path), { base: 'empty', mode: 'create-or-replace', ...options });
}

/** Deposits all bytes in one write, and gives up as a door does when that fails. */
export async function put(
  workspace: Workspace,
  path: string,
  content: string | Buffer,
  options: Partial<PutOptions> & Conditions = {},
) {
  const upload = await begin(workspace, path, options);
  const bytes = Buffer.from(content);
  try {
    if (bytes.length > 0) await upload.write(bytes, 0);
    return await upload.commit();
  } catch (error) {
    await upload.abort(error);
    throw error;
  }
}

export async function mkdir(workspace: Workspace, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await workspace.createDirectory(parsePath(path));
}

/** Reads a file and says so to nobody. */
export async function peek(workspace: Workspace, path: string): Promise<string> {
  const download = await workspace.get(parsePath(path));
  const bytes = await download.read({ start: 0, end: download.entry.sizeBytes });
  await download.close('interrupted', []);
  return bytes.toString();
}

/** Every path below a folder as the account sees it, folders with a slash at their end. */
export async function tree(workspace: Workspace, path: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of workspace.list(parsePath(path))) {
    const below = `${path}/${entry.name}`;
    paths.push(entry.kind === 'directory' ? `${below}/` : below);
    if (entry.kind === 'directory') paths.push(...(await tree(workspace, below)));
  }
  return paths;
}

/** How an act failed, for `toEqual`: code and reason. */
export async function failureOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return 'reason' in error && error.reason ? `${error.code} ${error.reason}` : String(error.code);
    throw error;
  }
  return 'no failure';
}

/** All a listing gives, in its order. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
