// What Explorer sends when a folder of a mapped drive is opened: each folder above asked for again, the folder listed, then the
// files it hopes for, a look at two documents, and the same folder once more.

const REDIRECTOR = { 'User-Agent': 'Microsoft-WebDAV-MiniRedir/10.0.19045', translate: 'f' };
const PROBES = ['desktop.ini', 'AutoRun.inf', 'Thumbs.db', 'folder.jpg', 'folder.gif', '._opened'];
const FILES = 50;

/**
 * Fills the folder `opened`. `send(method, path, headers, isSigned)` gives the status.
 * @returns a function that clicks once and gives the number of requests
 */
export async function clickInExplorer(send) {
  await send('MKCOL', 'opened');
  for (let index = 0; index < FILES; index += 1) await send('PUT', `opened/document%20${index}.docx`);
  const requests = [
    ['OPTIONS', '/', {}, false, 200],
    ['PROPFIND', '', { Depth: '0' }, false, 401],
    ...['/', '/dav', '', 'opened'].map((path) => ['PROPFIND', path, { Depth: '0' }, true, 207]),
    ['PROPFIND', 'opened', { Depth: '1' }, true, 207],
    ...PROBES.map((name) => ['PROPFIND', `opened/${name}`, { Depth: '0' }, true, 404]),
    ...[0, 1].map((index) => ['PROPFIND', `opened/document%20${index}.docx`, { Depth: '0' }, true, 207]),
    ['HEAD', 'opened/document%200.docx', {}, true, 200],
    ['GET', 'opened/document%200.docx', {}, true, 200],
    ['PROPFIND', 'opened', { Depth: '1' }, true, 207],
  ];
  return async () => {
    for (const [method, path, headers, isSigned, expected] of requests) {
      const status = await send(method, path, { ...REDIRECTOR, ...headers }, isSigned);
      if (status !== expected) throw new Error(`${method} ${path} was answered ${status}.`);
    }
    return requests.length;
  };
}
