import { isIP } from 'node:net';
import { z } from 'zod';
import { isNetwork } from '../storage/index.js';

/** One setting: its place in the TOML file, its environment variable, and the rule its value must keep. */
export interface Setting {
  /** Dotted path in the TOML file, `http.port`. */
  readonly key: string;
  readonly environment: string;
  readonly kind: 'text' | 'number' | 'switch' | 'list';
  /** Used when neither file nor environment says anything; null: absent. */
  readonly fallback: string | number | boolean | null;
  /** How the fallback reads in the documentation, where the value alone would not tell. */
  readonly fallbackNote?: string;
  /** Never printed; may also come from a file named by the same key with `_file`, or variable with `_FILE`. */
  readonly isSecret: boolean;
  readonly schema: z.ZodType;
  readonly describes: string;
}

export type SettingName = keyof typeof SETTINGS;

/** The variable that names the TOML file, unless `--config` does. */
export const CONFIG_FILE_VARIABLE = 'PEPS_CONFIG_FILE';

const port = z
  .number('must be a whole number from 0 to 65535')
  .int('must be a whole number from 0 to 65535')
  .min(0, 'must be a whole number from 0 to 65535')
  .max(65_535, 'must be a whole number from 0 to 65535');
const address = z
  .string('must be an IP address')
  .refine((value) => isIP(value) !== 0, 'must be an IP address');
const text = z.string('must be text in quotes').min(1, 'must not be empty');

const networks = z.array(
  z
    .string('must hold IP addresses or networks such as 10.0.0.0/8')
    .refine(isNetwork, 'must hold IP addresses or networks such as 10.0.0.0/8'),
  'must be a list such as ["127.0.0.1", "10.0.0.0/8"]',
);

/** Every setting there is. docs/operations.md shows this table, and a test compares the two. */
export const SETTINGS = {
  dataDir: setting('data_dir', 'PEPS_DATA_DIR', './data', text, 'Folder of everything the appliance keeps.'),
  publicUrl: setting(
    'public_url',
    'PEPS_PUBLIC_URL',
    null,
    z
      .string('must be an address such as https://peps.example.org')
      .refine(isOrigin, 'must be an http or https address without path, such as https://peps.example.org'),
    'Address people type; every link in pages and mails begins with it.',
    { fallbackNote: '`http://` address and port of the pages' },
  ),
  timeZone: setting(
    'time_zone',
    'PEPS_TIME_ZONE',
    'Europe/Paris',
    z
      .string('must be a time zone such as Europe/Paris')
      .refine(isTimeZone, 'must be a time zone such as Europe/Paris'),
    'Time zone of the dates in pages and mails (IANA name).',
  ),
  databaseUrl: setting(
    'database_url',
    'PEPS_DATABASE_URL',
    null,
    z
      .string('must be sqlite: and a path')
      .refine(
        (value) => !/^postgres(ql)?:/iu.test(value),
        'PostgreSQL is planned and not there yet; use sqlite:PATH',
      )
      .refine((value) => /^(sqlite:.|postgres)/iu.test(value), 'must be sqlite: and a path'),
    'Database, `sqlite:PATH` (PostgreSQL is planned).',
    { fallbackNote: '`sqlite:` DATA `/peps.sqlite`', isSecret: true },
  ),
  masterKeyFile: setting(
    'master_key_file',
    'PEPS_MASTER_KEY_FILE',
    null,
    text,
    'Key that opens every stored file; made at the first start, to be saved elsewhere.',
    { fallbackNote: 'DATA `/master.key`' },
  ),
  logLevel: setting(
    'log_level',
    'PEPS_LOG_LEVEL',
    'info',
    z.enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be debug, info, warn or error',
    ),
    'Least severity of the log lines on standard output.',
  ),
  httpAddress: setting(
    'http.address',
    'PEPS_HTTP_ADDRESS',
    '127.0.0.1',
    address,
    'Address the pages and WebDAV listen on.',
  ),
  httpPort: setting(
    'http.port',
    'PEPS_HTTP_PORT',
    8080,
    port,
    'Port of the pages and WebDAV; 0 takes a free one.',
  ),
  httpTlsCertificateFile: setting(
    'http.tls_certificate_file',
    'PEPS_TLS_CERTIFICATE_FILE',
    null,
    text,
    'Certificate of the pages and WebDAV (PEM, with those between it and the root); read again when it changes.',
    { fallbackNote: 'none: plain HTTP' },
  ),
  httpTlsKeyFile: setting(
    'http.tls_key_file',
    'PEPS_TLS_KEY_FILE',
    null,
    text,
    'Its private key (PEM, without passphrase, not readable by everybody).',
    { fallbackNote: 'none' },
  ),
  httpTrustedProxies: setting(
    'http.trusted_proxies',
    'PEPS_TRUSTED_PROXIES',
    null,
    networks,
    'Proxies (addresses or networks): they alone may ask without TLS from beyond this machine, and their `X-Forwarded-For` is believed; set apart by commas in the variable.',
    { fallbackNote: 'none', kind: 'list' },
  ),
  sftpAddress: setting('sftp.address', 'PEPS_SFTP_ADDRESS', '127.0.0.1', address, 'Address SFTP listens on.'),
  sftpPort: setting('sftp.port', 'PEPS_SFTP_PORT', 2222, port, 'Port of SFTP; 0 takes a free one.'),
  sftpTrustedProxies: setting(
    'sftp.trusted_proxies',
    'PEPS_SFTP_TRUSTED_PROXIES',
    null,
    networks,
    'Proxies (addresses or networks) that begin each connection with a PROXY protocol header, version 1 or 2: the address in it is the client’s. From them a connection without one is refused; from others one with it.',
    { fallbackNote: 'none', kind: 'list' },
  ),
  smtpUrl: setting(
    'mail.smtp_url',
    'PEPS_SMTP_URL',
    null,
    z
      .string('must be an address such as smtps://user:password@mail.example.org')
      .refine(
        isSmtpUrl,
        'must be smtp:// or smtps:// with a host, such as smtps://user:password@mail.example.org',
      )
      .refine(
        hasReadableCredentials,
        'has a % in user or password that stands for no character; the sign % itself is written %25',
      ),
    'Mail server; without it mails are written as .eml files to DATA/mail.',
    { fallbackNote: 'none', isSecret: true },
  ),
  smtpAllowPlain: setting(
    'mail.smtp_allow_plain',
    'PEPS_SMTP_ALLOW_PLAIN',
    false,
    z.boolean('must be true or false'),
    'Set to true to send without TLS to a mail server that is not on this machine.',
  ),
  mailFrom: setting(
    'mail.from',
    'PEPS_MAIL_FROM',
    null,
    z
      .string('must be a mail address such as PEPS <peps@example.org>')
      .refine(isMailFrom, 'must be a mail address such as PEPS <peps@example.org>'),
    'Sender of every mail; needed with a mail server.',
    { fallbackNote: '`PEPS <peps@localhost>` without a mail server' },
  ),
  mailQuietSeconds: setting(
    'mail.quiet_seconds',
    'PEPS_MAIL_QUIET_SECONDS',
    120,
    z
      .number('must be a whole number of seconds from 0 to 900')
      .int('must be a whole number of seconds from 0 to 900')
      .min(0, 'must be a whole number of seconds from 0 to 900')
      .max(900, 'must be a whole number of seconds from 0 to 900'),
    'Deposits of one group are gathered into one mail until so many seconds pass without a new one.',
  ),
} as const;

function setting<
  Value extends string | number | boolean | string[],
  Fallback extends Exclude<Value, string[]> | null,
>(
  key: string,
  environment: string,
  fallback: Fallback,
  schema: z.ZodType<Value>,
  describes: string,
  more: { fallbackNote?: string; isSecret?: boolean; kind?: 'list' } = {},
): Setting & { readonly fallback: Fallback; readonly schema: z.ZodType<Value> } {
  const kind = typeof fallback === 'number' ? 'number' : typeof fallback === 'boolean' ? 'switch' : 'text';
  return { isSecret: false, kind, ...more, key, environment, fallback, schema, describes };
}

function isOrigin(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    url !== undefined &&
    /^https?:$/u.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === '' &&
    url.pathname === '/'
  );
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

function isSmtpUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^smtps?:$/u.test(url.protocol) && url.hostname !== '';
}

/** The mailer decodes both. What is no address at all is another fault. */
function hasReadableCredentials(value: string): boolean {
  if (!URL.canParse(value)) return true;
  const { username, password } = new URL(value);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** An address alone or `Name <address>`, on one line. */
function isMailFrom(value: string): boolean {
  return (
    /^([^<>\r\n"@]*<)?[^\s<>@",;]+@[^\s<>@",;]+>?$/u.test(value) &&
    value.includes('<') === value.endsWith('>')
  );
}
