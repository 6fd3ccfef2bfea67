import { childOf, type Entry, type VirtualPath, type Workspace } from '../storage/index.js';

/** Elsewhere: the thing itself, or another like it. */
export type TransferAct = 'move' | 'copy';

/** As addresses say them. */
export const TRANSFER_SEGMENTS: Readonly<Record<TransferAct, string>> = { move: 'deplacer', copy: 'copier' };

/** Under its name into another directory, in place of nothing. @throws as `Workspace.move` and `copy` */
export async function transferTo(
  workspace: Workspace,
  act: TransferAct,
  { path, name }: Entry,
  directory: VirtualPath,
): Promise<void> {
  await workspace[act](path, childOf(directory, name), { overwrite: false });
}
