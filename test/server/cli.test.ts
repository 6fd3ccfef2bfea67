import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStorage } from '../../server/appliance.js';
import { COMMANDS } from '../../server/cli/commands.js';
import { createOutput } from '../../server/cli/output.js';
import { runCommandLine } from '../../server/cli/run.js';
import { loadConfig } from '../../server/config.js';
import { systemClock } from '../../storage/index.js';
import { run } from '../support/programs.js';

const PASSWORD = 'Coquelicot-Tambour-71-Rivage';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'peps-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** One object per line of output. */
  readonly rows: Record<string, unknown>[];
}

async function peps(
  line: readonly string[],
  input = '',
  environment: Record<string, string> = {},
): Promise<Said> {
  let out = '';
  let err = '';
  const code = await runCommandLine(line, {
    stdin: Readable.from(input === '' ? [] : [input]),
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    environment: { PEPS_DATA_DIR: path.join(folder, 'data'), ...environment },
    folder,
    clock: systemClock,
  });
  const rows = line.includes('--json')
    ? out
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text))
    : [];
  return { code, out, err, rows };
}

describe('an operator sets up accounts and groups', () => {
  test('the first command makes the data folder and says once which file to save', async () => {
    const first = await peps(['account', 'list']);
    expect(first.code).toBe(0);
    expect(first.err).toContain(path.join(folder, 'data', 'master.key'));
    expect(first.err).toContain('Conservez ce fichier');
    expect(statSync(path.join(folder, 'data')).mode & 0o077).toBe(0);
    expect((await peps(['account', 'list'])).err).toBe('');
  });

  test('a person with a password is active, one without is invited by mail', async () => {
    const line = [
      'account',
      'add',
      'claire.moreau@example.org',
      '--name',
      'Claire Moreau',
      '--side',
      'house',
    ];
    const claire = await peps([...line, '--admin', '--password-stdin', '--json'], `${PASSWORD}\n`);
    expect(claire.rows).toMatchObject([
      { login: 'claire.moreau@example.org', state: 'active', isAdministrator: true },
    ]);
    const nadia = await peps([
      'account',
      'add',
      'nadia.benali@example.org',
      '--name',
      'Nadia Benali',
      '--side=partner',
    ]);
    expect(nadia).toMatchObject({ code: 0, out: 'nadia.benali@example.org added (invited).\n' });
    const mails = await peps(['outbox', '--json']);
    expect(mails.rows).toMatchObject([
      { to: 'nadia.benali@example.org', template: 'invitation', state: 'waiting', attempts: 0, error: null },
    ]);
    expect(Object.keys(mails.rows[0] ?? {}).slice(0, 5)).toEqual([
      'to',
      'template',
      'state',
      'attempts',
      'error',
    ]);
  });

  test('a service account has an owner and an SSH key', async () => {
    const line = ['account', 'add', 'batch-nuit', '--service', '--name', 'Lot de nuit', '--side', 'house'];
    const batch = await peps([...line, '--owner', 'claire.moreau@example.org', '--json']);
    expect(batch.rows).toMatchObject([
      { login: 'batch-nuit', kind: 'service', owner: 'claire.moreau@example.org' },
    ]);
    const key = path.join(folder, 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const added = await peps(['account', 'key', 'add', 'batch-nuit', '--file', `${key}.pub`, '--json']);
    expect(added.rows).toMatchObject([
      { account: 'batch-nuit', fingerprint: expect.stringMatching(/^SHA256:/u) },
    ]);
    expect((await peps(['account', 'key', 'add', 'batch-nuit', '--file', key])).code).toBe(1);
    expect((await peps(['account', 'key', 'add', 'batch-nuit', '--file', `${key}.none`])).code).toBe(1);
  });

  test('a group has a directory, a quota and members', async () => {
    const added = await peps(['group', 'add', 'Crèche: Été', '--quota', '5000000', '--json']);
    expect(added.rows).toMatchObject([
      { name: 'Crèche: Été', directory: 'Crèche- Été', quotaBytes: 5_000_000 },
    ]);
    const set = await peps([
      'group',
      'member',
      'set',
      'Crèche: Été',
      'claire.moreau@example.org',
      'manager',
      '--json',
    ]);
    expect(set.rows).toEqual([
      { group: 'Crèche: Été', account: 'claire.moreau@example.org', role: 'manager' },
    ]);
    await peps(['group', 'member', 'set', 'Crèche- Été', 'batch-nuit', 'writer']);
    expect((await peps(['group', 'list', '--json'])).rows).toMatchObject([{ memberCount: 2 }]);
    await peps(['group', 'member', 'set', 'Crèche- Été', 'batch-nuit', 'none']);
    const table = await peps(['group', 'list']);
    expect(table.out.split('\n')[0]).toMatch(/^NAME +DIRECTORY +MEMBERS/u);
    expect(table.out.split('\n')[1]).toMatch(/^Crèche: Été +Crèche- Été +1 /u);
  });

  test('the manifests of a group are switched on and off, and shown', async () => {
    expect(await peps(['group', 'set', 'Crèche: Été'])).toMatchObject({
      code: 0,
      out: 'In "Crèche: Été", service accounts deposit without manifests.\n',
    });
    expect((await peps(['group', 'set', 'Crèche: Été', '--manifests', 'on'])).out).toBe(
      'In "Crèche: Été", service accounts deposit with manifests.\n',
    );
    expect((await peps(['group', 'list', '--json'])).rows).toContainEqual(
      expect.objectContaining({ name: 'Crèche: Été', manifests: 'on' }),
    );
    expect((await peps(['group', 'set', 'Crèche: Été', '--manifests', 'off', '--json'])).rows).toMatchObject([
      { name: 'Crèche: Été', manifests: 'off' },
    ]);
    expect((await peps(['group', 'set', 'Crèche: Été', '--manifests', 'yes'])).code).toBe(2);
  });

  test('suspending, resuming and a new password', async () => {
    const who = 'claire.moreau@example.org';
    expect((await peps(['account', 'suspend', who, '--json'])).rows).toEqual([
      { account: who, state: 'suspended' },
    ]);
    expect((await peps(['account', 'resume', who, '--json'])).rows).toEqual([
      { account: who, state: 'active' },
    ]);
    expect((await peps(['account', 'password', who, '--password-stdin'], `Autre-${PASSWORD}\r\n`)).code).toBe(
      0,
    );
    const weak = await peps(['account', 'password', who, '--password-stdin'], 'short\n');
    expect([weak.code, weak.out]).toEqual([1, '']);
  });

  test('all of it is in the log, oldest first, with the promised fields first', async () => {
    const { rows } = await peps(['activity', '--json']);
    expect(rows.map(({ action }) => action).slice(0, 2)).toEqual(['account-add', 'account-add']);
    expect(rows.at(-1)?.action).toBe('account-password');
    const promised = 'at action outcome account protocol address group path sizeBytes sha256'.split(' ');
    expect(Object.keys(rows[0] ?? {}).slice(0, promised.length)).toEqual(promised);
    const ofGroup = await peps(['activity', '--group', 'Crèche- Été', '--json']);
    expect(new Set(ofGroup.rows.map(({ group }) => group))).toEqual(new Set(['Crèche: Été']));
    expect(ofGroup.rows.length).toBeLessThan(rows.length);
  });

  test('a log longer than one page comes whole and in order', async () => {
    const { config } = loadConfig({ environment: { PEPS_DATA_DIR: path.join(folder, 'data') }, folder });
    const storage = await openStorage(config, systemClock);
    for (let turn = 0; turn < 260; turn += 1) {
      await storage.operate().suspend('batch-nuit');
      await storage.operate().resume('batch-nuit');
    }
    await storage.close();
    const ids = (await peps(['activity', '--json'])).rows.map(({ id }) => Number(id));
    expect(ids.length).toBeGreaterThan(520);
    expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
  });

  test('nothing is on its way where no daemon runs', async () => {
    expect(await peps(['transfers', '--json'])).toMatchObject({ code: 0, out: '' });
    expect((await peps(['transfers'])).out).toMatch(/^DIRECTION +STATE +ACCOUNT +PROTOCOL +PATH/u);
  });

  test('an empty store has no faults', async () => {
    expect(await peps(['check'])).toMatchObject({
      code: 0,
      out: '',
      err: '0 stored files read, 0 faults.\n',
    });
    expect(await peps(['check', '--json'])).toMatchObject({ code: 0, out: '' });
  });
});

describe('what goes wrong', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['half a command', ['account']],
    ['an unknown option', ['group', 'list', '--loud']],
    ['a missing operand', ['group', 'add']],
    ['an operand too many', ['group', 'list', 'x']],
    ['a missing option', ['account', 'add', 'a@example.org', '--name', 'A']],
    ['a side that is none', ['account', 'add', 'a@example.org', '--name', 'A', '--side', 'left']],
    ['a role that is none', ['group', 'member', 'set', 'G', 'a@example.org', 'king']],
    ['a quota in words', ['group', 'add', 'G', '--quota', '5GB']],
    ['a service without owner', ['account', 'add', 'b', '--service', '--name', 'B', '--side', 'house']],
    ['a password that is not there', ['account', 'password', 'a@example.org', '--password-stdin']],
    ['a password in the arguments', ['account', 'password', 'a@example.org', '--password', PASSWORD]],
  ])('%s is a matter of usage: 2', async (_, line) => {
    const said = await peps(line);
    expect(said.code).toBe(2);
    expect(said.out + said.err).not.toBe('');
  });

  test('what storage refuses is a fault: 1, as a sentence or with --json as an object', async () => {
    const line = ['group', 'member', 'set', 'Nulle part', 'claire.moreau@example.org', 'writer'];
    const said = await peps(line);
    expect(said).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^peps: .+\n$/u) });
    const json = await peps([...line, '--json']);
    expect(json).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'not-found' } });
  });

  test('wrong configuration is 78, with every fault, for every command but help', async () => {
    const broken = { PEPS_HTTP_PORT: 'x', PEPS_SFTP_PORT: 'y' };
    for (const { name, operandCount } of COMMANDS.filter((it) => it.name !== 'demo')) {
      const operands = Array.from({ length: operandCount }, () => 'none');
      const extra = {
        'account add': ['--name', 'A', '--side', 'house'],
        'account key add': ['--file', import.meta.filename],
      };
      const options = Object.entries(extra).find(([of]) => of === name)?.[1] ?? [];
      const line = [...name.split(' '), ...operands, ...options];
      const said = await peps(
        name === 'account password' ? [...line, '--password-stdin'] : line,
        PASSWORD,
        broken,
      );
      expect([name, said.code]).toEqual([name, 78]);
      expect(said.err).toContain('PEPS_HTTP_PORT');
      expect(said.err).toContain('PEPS_SFTP_PORT');
    }
    const json = await peps(['config', 'check', '--json'], '', broken);
    expect(JSON.parse(json.err).error.faults).toHaveLength(2);
    expect((await peps(['help'], '', broken)).code).toBe(0);
  });

  test('config check and print', async () => {
    expect(await peps(['config', 'check'])).toMatchObject({ code: 0, out: 'The configuration is good.\n' });
    const file = path.join(folder, 'other.toml');
    writeFileSync(file, '[sftp]\nport = 2200\n');
    const { rows } = await peps(['--config', file, 'config', 'print', '--json']);
    expect(rows).toContainEqual({
      key: 'sftp.port',
      environment: 'PEPS_SFTP_PORT',
      value: 2200,
      source: `${file}:2`,
    });
  });

  test('names of strangers cannot steer the terminal', () => {
    let said = '';
    const write = (text: string) => {
      said += text;
    };
    const output = createOutput({ write, writeError: write }, false);
    const name = 'a\u001b[2J\r\nb\u202e\u2028c';
    output.rows([{ name }], [{ title: 'NAME', value: (row) => row.name }]);
    output.document({}, [name]);
    output.notice([name]);
    expect(said).toBe('NAME\na?[2J??b??c\na?[2J??b??c\na?[2J??b??c\n');
  });
});

test('every command is in the help and explains itself', async () => {
  const { out } = await peps(['--help']);
  for (const { name } of COMMANDS) {
    expect(out).toContain(`peps ${name}`);
    const own = await peps([...name.split(' '), '--help']);
    expect([name, own.code]).toEqual([name, 0]);
    expect(own.out).toContain(`peps ${name}`);
  }
});

test('the next host key is planned, shown with its line for known_hosts, and given up; what cannot be is said', async () => {
  const environment = { PEPS_PUBLIC_URL: 'https://peps.example.org', PEPS_SFTP_PORT: '22' };
  const ask = (...words: string[]) => peps(['host-key', ...words], '', environment);
  for (const delay of ['soon', '30', '-1d', '1000d', '1.5h'])
    expect(await ask('rotate', `--in=${delay}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`not "${delay}"`),
    });
  expect(await ask('cancel')).toMatchObject({ code: 1, err: 'peps: No SSH host key is planned.\n' });
  const planned = (await ask('rotate', '--in', '12h')).out;
  expect(planned).toMatch(/^Next, from \d{4}-.*Z on:\nSHA256:.*\nssh-ed25519 /mu);
  expect(planned).toMatch(/^peps\.example\.org ssh-ed25519 AAAA/mu);
  expect((await ask()).out).toBe(planned);
  expect((await ask('cancel')).out).toMatch(/^SHA256:\S+ is given up/u);
  expect((await ask()).out.split('\n')).toHaveLength(3);
});
