/** What the server says of a file before it is sent. */
export type Verdict =
  | { readonly kind: 'free' }
  | { readonly kind: 'taken'; readonly facts: string }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The server said no, with a sentence for people; whoever hears it knows it by its name. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** What asking needs of the page. */
export interface Patience {
  /** Shown while the server does not answer. */
  waiting(): void;
  /** Resolves when the person is signed in again. */
  signIn(): Promise<void>;
}

const AT_ONCE = 500;
const MAX_TRIES = 100;
const PAUSE_MS = 3000;

/** Asks about files, in their order. @throws an Error called Refused */
export async function judge(
  directory: string,
  files: readonly { readonly path: string; readonly file: File }[],
  patience: Patience,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const some = files.slice(start, start + AT_ONCE);
    const body = { directory, files: some.map(({ path, file }) => ({ path, sizeBytes: file.size })) };
    const answer = await ask<{ verdicts: Verdict[] }>('/depots/verification', body, patience);
    verdicts.push(...answer.verdicts);
  }
  return verdicts;
}

/** Makes the folders that are not there yet. @throws an Error called Refused */
export async function makeFolders(
  directory: string,
  folders: readonly string[],
  patience: Patience,
): Promise<void> {
  for (let start = 0; start < folders.length; start += AT_ONCE)
    await ask('/depots/dossiers', { directory, folders: folders.slice(start, start + AT_ONCE) }, patience);
}

async function ask<Shape>(address: string, body: object, patience: Patience): Promise<Shape> {
  for (let tries = 1; ; tries += 1) {
    const response = await post(address, body);
    if (response?.ok) return response.json();
    if (response?.status === 401) await patience.signIn();
    else if (response && response.status < 500) throw new Refused((await response.json()).sentence);
    else if (tries === MAX_TRIES) throw new Error('The server does not answer.');
    else {
      patience.waiting();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function post(address: string, body: object): Promise<Response | undefined> {
  const headers = { 'content-type': 'application/json' };
  return fetch(address, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => undefined);
}
