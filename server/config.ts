import path from 'node:path';
import type { z } from 'zod';
import type { CertificateFiles } from './certificate.js';
import { checkTogether, tlsFiles, type Values } from './config-rules.js';
import { type ConfigFault, type FoundValue, readSources, type Sources } from './config-sources.js';
import { CONFIG_FILE_VARIABLE, SETTINGS, type Setting } from './config-table.js';
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
    /** Null: plain HTTP. */
    readonly tls: CertificateFiles | null;
    /** Addresses and CIDR networks; none unless given. */
    readonly trustedProxies: readonly string[];
  };
  readonly sftp: {
    readonly address: string;
    readonly port: number;
    /** Addresses and CIDR networks of proxies that send a PROXY header; none unless given. */
    readonly trustedProxies: readonly string[];
  };
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
  const all = [...sources.faults, ...faults, ...checkTogether(values, sources, request.folder)];
  if (all.length > 0) throw new ConfigError(all);
  const config = complete(values, sources, request.folder);
  return { config, settings: viewSettings(config, sources) };
}

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

function complete(values: Values, sources: Sources, folder: string): Config {
  const { found } = sources;
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
      tls: tlsFiles(values, sources, folder),
      trustedProxies: values.httpTrustedProxies ?? [],
    },
    sftp: {
      address: values.sftpAddress,
      port: values.sftpPort,
      trustedProxies: values.sftpTrustedProxies ?? [],
    },
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
    [SETTINGS.publicUrl.key, config.publicUrl?.origin ?? publicOrigin(config.http)],
    ...(config.http.tls === null
      ? []
      : ([
          [SETTINGS.httpTlsCertificateFile.key, config.http.tls.certificateFile],
          [SETTINGS.httpTlsKeyFile.key, config.http.tls.keyFile],
        ] as const)),
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
export function publicOrigin({
  address,
  port,
  tls,
}: Pick<Config['http'], 'address' | 'port' | 'tls'>): string {
  return `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
