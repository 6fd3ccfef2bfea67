import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PEOPLE } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';
import { describeDoor } from './door.js';

if (hasProgram('sftp') && hasProgram('ssh-keygen'))
  describeDoor('SFTP with OpenSSH', {
    door: 'sftp',
    async connect(appliance, person, folder) {
      const key = join(folder, `key-${person}`);
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      const { login } = PEOPLE[person];
      await appliance.operator.addKey(login, await readFile(`${key}.pub`, 'utf8'));
      const options = [
        'IdentitiesOnly=yes',
        'StrictHostKeyChecking=no',
        `UserKnownHostsFile=${join(folder, 'known')}`,
      ];
      const batch = (commands: string) =>
        run(
          'sftp',
          [
            ...['-q', '-b', '-', '-i', key, '-P', String(appliance.addresses.sftp.port)],
            ...options.flatMap((option) => ['-o', option]),
            ...['-o', `User=${login}`, '127.0.0.1'],
          ],
          { input: `${commands}\n` },
        );
      const succeeds = async (commands: string) => (await batch(commands)).code === 0;
      return {
        put: (local, remote) => succeeds(`put "${local}" "${remote}"`),
        get: (remote, local) => succeeds(`get "${remote}" "${local}"`),
        async list(remote) {
          const answer = await batch(`cd "${remote}"\nls -1`);
          if (answer.code !== 0) return null;
          return answer.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('sftp>'));
        },
        makeDirectory: (remote) => succeeds(`mkdir "${remote}"`),
        rename: (from, to) => succeeds(`rename "${from}" "${to}"`),
        remove: (remote) => succeeds(`rm "${remote}"`),
      };
    },
  });
