import path from 'node:path';
import type { z } from 'zod';
import { type ConfigFault, type FoundValue, readSources, type Sources } from './config-sources.js';
import { CONFIG_FILE_VARIABLE, SETTINGS, type Setting, type SettingName } from './config-table.js';
import { formatFault } from './config-text.js';

/** What the appliance was told, checked. Paths are absolute. */
export interface Config {
  readonly dataDir: string;
  readonly masterKeyFile: string;
  /** `sqlite:` and an absolute path. */
  readonly databaseUrl: string;
  /** Null: the address and port the pages listen on. */
  readonly publicUrl: URL | null;
  readonly timeZone: string;
  readonly logLevel: string;
  readonly http: {
    readonly address: string;
    readonly port: number;
    /** Addresses and CIDR networks; none unless given. */
    readonly trustedProxies: readonly string[];
  };
  readonly sftp: { readonly address: string; readonly port: number };
  readonly mail: {
    /** Null: mails become files in `DATA/mail`. */
    readonly smtpUrl: URL | null;
    readonly allowsPlainSmtp: boolean;
    readonly from: string;
    readonly quietSeconds: number;
  };
}

export interface ConfigRequest {
  /** Of `--config`; the environment may name one too. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start that do not come from the file. */
  readonly folder: string;
}

/** One line of `peps config print`; secrets are masked. */
export interface SettingView {
  readonly key: string;
  readonly environment: string;
  readonly value: unknown;
  readonly source: string;
}

/** The configuration cannot be used. Holds every fault, not the first one; the process ends with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(formatFault).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads, checks and completes the configuration. @throws ConfigError with all faults */
export function loadConfig(request: ConfigRequest): { config: Config; settings: readonly SettingView[] } {
  const file = request.file ?? (request.environment[CONFIG_FILE_VARIABLE] || undefined);
  const sources = readSources({ file, environment: request.environment, folder: request.folder });
  const { values, faults } = checkValues(sources);
  const all = [...sources.faults, ...faults, ...checkTogether(values, sources)];
  if (all.length > 0) throw new ConfigError(all);
  const config = complete(values, sources, request.folder);
  return { config, settings: viewSettings(config, sources) };
}

type Values = {
  readonly [Name in SettingName]:
    | z.infer<(typeof SETTINGS)[Name]['schema']>
    | Extract<(typeof SETTINGS)[Name]['fallback'], null>;
};

function checkValues({ found }: Sources): { values: Values; faults: ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]: [string, Setting]) => {
    const given = found.get(setting.key);
    const verdict = given && setting.schema.safeParse(given.value);
    if (given && verdict?.error) faults.push(faultOf(setting, given, verdict.error));
    return [name, verdict?.success ? verdict.data : setting.fallback];
  });
  // Every value has passed its schema, whose type its fallback shows.
  return { values: Object.fromEntries(entries) as Values, faults };
}

function faultOf(setting: Setting, given: FoundValue, error: z.ZodError): ConfigFault {
  const key = given.source === 'environment' ? setting.environment : setting.key;
  const value = setting.isSecret ? MASK : JSON.stringify(given.value);
  const problem = error.issues[0]?.message ?? 'is not valid';
  return { key, value, source: given.source, line: given.line, problem };
}

const MASK = '••••••';

/** Rules between settings. */
function checkTogether(values: Values, { found }: Sources): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const fault = (setting: Setting, value: string | null, problem: string) => {
    const given = found.get(setting.key);
    const key = given?.source === 'environment' ? setting.environment : setting.key;
    faults.push({ key, value, source: given?.source ?? 'default', line: given?.line ?? null, problem });
  };
  const isRemote = !isLoopback(values.httpAddress);
  if (isRemote && !values.httpAllowNetwork)
    fault(
      SETTINGS.httpAddress,
      JSON.stringify(values.httpAddress),
      'listens beyond this machine without encryption; put a TLS proxy in front and set http.allow_network (PEPS_HTTP_ALLOW_NETWORK) to true',
    );
  if (isRemote && values.publicUrl === null && !found.has(SETTINGS.publicUrl.key))
    fault(
      SETTINGS.publicUrl,
      null,
      'is needed when http.address is not a loopback address: links begin with it',
    );
  if (found.has(SETTINGS.smtpUrl.key) && !found.has(SETTINGS.mailFrom.key))
    fault(SETTINGS.mailFrom, null, 'is needed when a mail server is set');
  return faults;
}

/** True for addresses that only this machine reaches. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.|^::ffff:127\./u.test(address);
}

function complete(values: Values, { found }: Sources, folder: string): Config {
  const folderOf = (setting: Setting) => found.get(setting.key)?.folder ?? folder;
  const dataDir = path.resolve(folderOf(SETTINGS.dataDir), values.dataDir);
  const database = values.databaseUrl?.replace(/^sqlite:/iu, '') ?? path.join(dataDir, 'peps.sqlite');
  return {
    dataDir,
    masterKeyFile: path.resolve(
      folderOf(SETTINGS.masterKeyFile),
      values.masterKeyFile ?? path.join(dataDir, 'master.key'),
    ),
    databaseUrl: `sqlite:${path.resolve(folderOf(SETTINGS.databaseUrl), database)}`,
    publicUrl: values.publicUrl === null ? null : new URL(values.publicUrl),
    timeZone: values.timeZone,
    logLevel: values.logLevel,
    http: {
      address: values.httpAddress,
      port: values.httpPort,
      trustedProxies: values.httpTrustedProxies ?? [],
    },
    sftp: { address: values.sftpAddress, port: values.sftpPort },
    mail: {
      smtpUrl: values.smtpUrl === null ? null : new URL(values.smtpUrl),
      allowsPlainSmtp: values.smtpAllowPlain,
      from: values.mailFrom ?? 'PEPS <peps@localhost>',
      quietSeconds: values.mailQuietSeconds,
    },
  };
}

function viewSettings(config: Config, { found }: Sources): SettingView[] {
  const completed = new Map<string, string>([
    [SETTINGS.dataDir.key, config.dataDir],
    [SETTINGS.masterKeyFile.key, config.masterKeyFile],
    [SETTINGS.databaseUrl.key, config.databaseUrl],
    [SETTINGS.publicUrl.key, config.publicUrl?.origin ?? publicOrigin(config.http.address, config.http.port)],
    [SETTINGS.mailFrom.key, config.mail.from],
  ]);
  return Object.values(SETTINGS).map((setting: Setting) => {
    const given = found.get(setting.key);
    const shown = completed.get(setting.key) ?? given?.value ?? setting.fallback;
    return {
      key: setting.key,
      environment: setting.environment,
      value: given && setting.isSecret ? MASK : shown,
      source: given ? (given.line === null ? given.source : `${given.source}:${given.line}`) : 'default',
    };
  });
}

/** The origin of links when nobody set one, `http://127.0.0.1:8080`. */
export function publicOrigin(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
