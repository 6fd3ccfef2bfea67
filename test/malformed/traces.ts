import type { ActivityRow } from '../../storage/index.js';
import type { Place } from './run.js';

/** What of a row of the history is looked at; paths begin with a slash and the group's directory. */
export type Told = Pick<ActivityRow, 'action' | 'outcome' | 'path' | 'target'>;

/** Acts that leave something behind; of these a deposit alone may be told of as refused or broken off. */
const CHANGING = new Set(['deposit', 'create-directory', 'move', 'copy', 'delete']);

const MAX_NAMED = 20;

/** Looks at all a member sees, and at the history, time and again. */
export interface Traces {
  /** What has come, changed or gone since it was asked last without one of so many acknowledgements. */
  unexplained(acknowledged: number): Promise<readonly string[]>;
}

/** `history` gives the rows since it was asked last. */
export async function watchTraces(place: Place, history: () => Promise<readonly Told[]>): Promise<Traces> {
  let before = await treeOf(place);
  await history();
  return {
    async unexplained(acknowledged) {
      const after = await treeOf(place);
      const told = (await history()).filter(({ action }) => CHANGING.has(action));
      const done = told.filter(({ outcome }) => outcome === 'ok');
      const wrong = told.filter(({ action, outcome }) => outcome !== 'ok' && action !== 'deposit');
      const untold = untoldOf(differences(before, after), done);
      before = after;
      const extra = done.length + untold.length > acknowledged;
      const unheard = extra ? [...untold, ...done.map(lineOf)] : [];
      return [
        ...wrong.slice(0, MAX_NAMED).map((row) => `in the history: ${lineOf(row)}`),
        ...(extra ? [`${done.length + untold.length} changes, ${acknowledged} acknowledged`] : []),
        ...unheard.slice(0, MAX_NAMED),
      ];
    },
  };
}

/** Every path, unescaped, with its entity tag; folders have none. */
async function treeOf({ port, arena }: Place): Promise<ReadonlyMap<string, string>> {
  const tree = new Map<string, string>();
  const folders = ['/dav/'];
  for (const folder of folders) {
    const response = await fetch(`http://127.0.0.1:${port}${folder}`, {
      method: 'PROPFIND',
      headers: { Authorization: arena.authorization, Depth: '1' },
    });
    if (response.status !== 207) throw new Error(`${folder} cannot be listed: ${response.status}.`);
    for (const [, element = ''] of (await response.text()).matchAll(/<D:response>(.*?)<\/D:response>/gsu)) {
      const href = /<D:href>([^<]*)/u.exec(element)?.[1] ?? '';
      if (href === folder) continue;
      tree.set(pathOf(href), /<D:getetag>([^<]*)/u.exec(element)?.[1] ?? '');
      if (href.endsWith('/')) folders.push(href);
    }
  }
  return tree;
}

function pathOf(href: string): string {
  return decodeURIComponent(href.slice('/dav/'.length).replace(/\/$/u, ''));
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}

/** Those that no row names, nor any folder they lie in. */
function untoldOf(paths: readonly string[], rows: readonly Told[]): readonly string[] {
  const named = new Set(rows.flatMap(({ path, target }) => [path?.slice(1), target?.slice(1)]));
  return paths.filter((path) => {
    const segments = path.split('/');
    return !segments.some((_, index) => named.has(segments.slice(0, index + 1).join('/')));
  });
}

function lineOf({ action, outcome, path, target }: Told): string {
  return [action, outcome, path, target].filter(Boolean).join(' ');
}
