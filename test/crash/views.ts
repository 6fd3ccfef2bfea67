import { createHash } from 'node:crypto';
import { PEOPLE } from '../support/appliance.js';
import type { RunningAppliance } from '../support/running.js';
import { connectSftp, readTree } from './sftp-client.js';

/**
 * What one account sees, by path (`/GROUP/…`): the SHA-256 of every file, `folder` for every folder; `N bytes, not to be read` of what is
 * parked, which only SFTP shows.
 */
export type View = Readonly<Record<string, string>>;

export function digestOf(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function basic(password: string): { readonly Authorization: string } {
  const credentials = Buffer.from(`${PEOPLE.claire.login}:${password}`).toString('base64');
  return { Authorization: `Basic ${credentials}` };
}

/** The path of an entry as WebDAV has it. */
export function davPath(path: string): string {
  return `/dav${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** All that Claire sees through WebDAV: every folder listed, every file read to its end. */
export async function viewOverWebdav(appliance: RunningAppliance): Promise<View> {
  const { origin, password } = appliance;
  const headers = basic(password);
  const view: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    const answer = await fetch(`${origin}${davPath(path)}`, {
      method: 'PROPFIND',
      headers: { ...headers, Depth: '1' },
    });
    if (answer.status !== 207) throw new Error(`PROPFIND ${path} says ${answer.status}.`);
    const hrefs = [...(await answer.text()).matchAll(/<D:href>([^<]*)<\/D:href>/g)];
    for (const [, href = ''] of hrefs.slice(1)) {
      const below = decodeURIComponent(href.replaceAll('&amp;', '&').replace(/^\/dav/, ''));
      if (below.endsWith('/')) {
        view[below.slice(0, -1)] = 'folder';
        await visit(below.slice(0, -1));
        continue;
      }
      const file = await fetch(`${origin}${davPath(below)}`, { headers });
      view[below] = file.ok ? digestOf(Buffer.from(await file.arrayBuffer())) : `GET says ${file.status}`;
    }
  };
  await visit('');
  return view;
}

/** The same through SFTP. */
export async function viewOverSftp(appliance: RunningAppliance): Promise<View> {
  const { addresses, password } = appliance;
  const client = await connectSftp({ port: addresses.sftp.port, login: PEOPLE.claire.login, password });
  try {
    const tree = await readTree(client, '');
    return Object.fromEntries([...tree].map(([path, found]) => [path, shown(found)]));
  } finally {
    client.end();
  }
}

/** @param sizeBytes of what is parked */
export function parked(sizeBytes: number): string {
  return `${sizeBytes} bytes, not to be read`;
}

function shown(found: Buffer | number | null): string {
  if (found === null) return 'folder';
  return typeof found === 'number' ? parked(found) : digestOf(found);
}
