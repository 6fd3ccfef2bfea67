import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadOrCreateHostKey } from '../../protocols/sftp/index.js';
import { type Addresses, createAppliance } from '../appliance.js';
import { loadConfig } from '../config.js';
import { type DemoAccount, type DemoContent, plantDemo } from '../demo-content.js';
import { hostKeyFile } from '../host-key-watch.js';
import { untilStopped } from '../lifecycle.js';
import { createLogger } from '../logger.js';
import type { Command } from './command.js';

export const demo: Command = {
  name: 'demo',
  usage: '',
  summary: 'Runs a throw-away appliance with an invented group; Ctrl-C removes it.',
  operandCount: 0,
  async run({ clock, output }) {
    const folder = await mkdtemp(path.join(tmpdir(), 'peps-demo-'));
    try {
      const configFile = path.join(folder, 'peps.toml');
      await writeFile(configFile, settings(0, 0));
      const { config } = loadConfig({ file: configFile, environment: {}, folder });
      const logger = createLogger({ level: 'info', clock, file: path.join(folder, 'peps.log') });
      const appliance = await createAppliance(config, { clock, logger });
      const ended = untilStopped({ clock, logger, drainSeconds: DRAIN_SECONDS, stop: appliance.stop });
      try {
        const addresses = await appliance.start();
        await writeFile(configFile, settings(addresses.http.port, addresses.sftp.port));
        await writeFile(path.join(folder, 'known_hosts'), await knownHost(hostKeyFile(config), addresses));
        const content = await plantDemo(appliance.storage, clock);
        output.document(describe(folder, addresses, content), invite(folder, addresses, content));
        return await ended;
      } finally {
        await appliance.stop(clock.now());
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
      output.notice([`${folder} removed.`]);
    }
  },
};

const DRAIN_SECONDS = 2;

/** Ports are written once they are known, for whoever runs commands beside the demonstration. */
function settings(httpPort: number, sftpPort: number): string {
  return `data_dir = "./data"
[http]
port = ${httpPort}
[sftp]
port = ${sftpPort}
[mail]
quiet_seconds = 2
`;
}

async function knownHost(file: string, { sftp }: Addresses): Promise<string> {
  const { publicKeyLine } = await loadOrCreateHostKey(file);
  return `[${sftp.address}]:${sftp.port} ${publicKeyLine}\n`;
}

function describe(folder: string, { publicUrl, sftp }: Addresses, content: DemoContent): object {
  return {
    folder,
    configFile: path.join(folder, 'peps.toml'),
    mailFolder: path.join(folder, 'data', 'mail'),
    publicUrl: publicUrl.origin,
    groupUrl: groupUrl(publicUrl, content),
    sftp,
    knownHostsFile: path.join(folder, 'known_hosts'),
    ...content,
  };
}

function groupUrl(publicUrl: URL, { groupDirectory }: DemoContent): string {
  return `${publicUrl.origin}/dav/${encodeURIComponent(groupDirectory)}/`;
}

function invite(folder: string, { publicUrl, sftp }: Addresses, content: DemoContent): string[] {
  const { administrator, agent, partners } = content;
  const [partner] = partners;
  const peps = `node ${quoted(startedProgram())}`;
  const config = `--config ${quoted(path.join(folder, 'peps.toml'))}`;
  return [
    '',
    'PEPS is running with an invented group, "Crèche Les Lutins". Ctrl-C stops it and removes everything.',
    '',
    `  Pages            ${publicUrl.origin}/connexion`,
    `  Administration   ${publicUrl.origin}/administration`,
    `  Mails (.eml)     ${path.join(folder, 'data', 'mail')}`,
    '',
    ...[administrator, agent, ...partners].map(login),
    '',
    'Deposit as a partner over WebDAV:',
    `  curl -T FILE -u '${partner?.login}:${partner?.password}' '${groupUrl(publicUrl, content)}'`,
    `Fetch it as the house over SFTP (password: ${agent.password}):`,
    `  sftp -P ${sftp.port} -o UserKnownHostsFile=${path.join(folder, 'known_hosts')} ${agent.login}@${sftp.address}`,
    `  sftp> get "${content.groupDirectory}/FILE"`,
    'The other direction:',
    `  sftp> put FILE "${content.groupDirectory}/"`,
    `  curl -O -u '${partner?.login}:${partner?.password}' '${groupUrl(publicUrl, content)}FILE'`,
    'What happened, and which mails went out:',
    `  ${peps} activity ${config}`,
    `  ${peps} outbox ${config}`,
    '',
  ];
}

/** The path under which this very program runs, as short as it can be written from here. */
function startedProgram(): string {
  const started = process.argv[1] ?? '';
  const relative = path.relative(process.cwd(), started);
  return relative.length < started.length ? relative : started;
}

/** For a shell, in quotes only where it needs them. */
function quoted(text: string): string {
  return /^[\w./@%+=:,-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function login(account: DemoAccount): string {
  const what = account.isAdministrator ? 'administrator' : account.side;
  return `  ${what.padEnd(15)}  ${account.login.padEnd(30)}  ${account.password}`;
}
