// A WebDAV client over node:http that tells an answer from a broken connection. One connection, kept alive.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { ACKNOWLEDGED, REFUSED, UNKNOWN } from './outcome.mjs';
import { GROUP } from './place.mjs';

const TIMEOUT_MS = 60_000;

/** Paths begin below the group: `w0/a.bin`. Every act resolves with `{ outcome, status }`, also when the server dies. */
export function createWebdavClient(place, login) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = `Basic ${Buffer.from(`${login}:${place.password}`).toString('base64')}`;

  /** @returns status 0 where no whole answer came */
  function ask(method, path, { headers = {}, body, onChunk } = {}) {
    return new Promise((resolve) => {
      const request = http.request({
        agent,
        host: '127.0.0.1',
        port: place.httpPort,
        method,
        path: addressOf(path),
        headers: { Authorization: authorization, ...(body && { 'Content-Length': body.length }), ...headers },
        timeout: TIMEOUT_MS,
      });
      let status = 0;
      request.on('timeout', () => request.destroy(new Error('timeout')));
      request.on('error', () => resolve({ status, isWhole: false }));
      request.on('response', (response) => {
        status = response.statusCode;
        response.on('data', onChunk ?? (() => {}));
        response.on('end', () => resolve({ status, isWhole: response.complete }));
        response.on('error', () => resolve({ status, isWhole: false }));
      });
      request.end(body);
    });
  }

  async function act(method, path, options) {
    const { status } = await ask(method, path, options);
    return { status, outcome: outcomeOf(status) };
  }

  return {
    door: 'webdav',
    put: (path, body) => act('PUT', path, { body }),
    move: (from, to) => act('MOVE', from, { headers: { Destination: addressOf(to), Overwrite: 'T' } }),
    remove: (path) => act('DELETE', path),
    makeFolder: (path) => act('MKCOL', path),
    /** @returns SHA-256, size and status; sha256 null unless the answer came whole with 200 */
    async digest(path) {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const onChunk = (chunk) => {
        hash.update(chunk);
        sizeBytes += chunk.length;
      };
      const { status, isWhole } = await ask('GET', path, { onChunk });
      return { status, sizeBytes, sha256: status === 200 && isWhole ? hash.digest('hex') : null };
    },
    /** @returns names with sizes (null: a folder), or null where no listing came */
    async list(path) {
      const chunks = [];
      const options = { headers: { Depth: '1' }, onChunk: (chunk) => chunks.push(chunk) };
      const { status, isWhole } = await ask('PROPFIND', `${path}/`, options);
      if (status !== 207 || !isWhole) return null;
      return parseListing(Buffer.concat(chunks).toString());
    },
    close: () => agent.destroy(),
  };
}

/** The absolute path of a resource. */
export function addressOf(path) {
  return `/dav/${GROUP}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

function outcomeOf(status) {
  if (status === 0) return UNKNOWN;
  return status < 300 ? ACKNOWLEDGED : REFUSED;
}

function parseListing(xml) {
  const entries = new Map();
  for (const [, response] of [...xml.matchAll(/<D:response>(.*?)<\/D:response>/gs)].slice(1)) {
    const href = decodeURIComponent(/<D:href>([^<]*)/.exec(response)[1]);
    const size = /<D:getcontentlength>(\d+)/.exec(response);
    entries.set(href.replace(/\/$/, '').split('/').at(-1), size ? Number(size[1]) : null);
  }
  return entries;
}
