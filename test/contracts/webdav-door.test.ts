import { PEOPLE } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';
import { describeDoor } from './door.js';

if (hasProgram('curl'))
  describeDoor('WebDAV with curl', {
    door: 'webdav',
    async connect(appliance, person) {
      const login = `${PEOPLE[person].login}:${appliance.password}`;
      const address = (path: string) => `${appliance.origin}/dav${encodeURI(path)}`;
      const curl = async (...args: string[]) => run('curl', ['-sS', '--fail', '-u', login, ...args]);
      const succeeds = async (...args: string[]) => (await curl(...args)).code === 0;
      return {
        put: (local, remote) => succeeds('-T', local, address(remote)),
        get: (remote, local) => succeeds('-o', local, address(remote)),
        async list(remote) {
          const answer = await curl('-X', 'PROPFIND', '-H', 'Depth: 1', address(remote));
          if (answer.code !== 0) return null;
          const hrefs = [...answer.stdout.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(
            (match) => match[1] ?? '',
          );
          return hrefs
            .slice(1)
            .map((href) => decodeURIComponent(href.replace(/\/$/, '').split('/').at(-1) ?? ''));
        },
        makeDirectory: (remote) => succeeds('-X', 'MKCOL', address(remote)),
        rename: (from, to) => succeeds('-X', 'MOVE', '-H', `Destination: ${address(to)}`, address(from)),
        remove: (remote) => succeeds('-X', 'DELETE', address(remote)),
      };
    },
  });
