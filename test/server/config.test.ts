import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../server/config.js';
import { SETTINGS } from '../../server/config-table.js';
import { nearestName } from '../../server/nearest-name.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'peps-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(toml: string | null, environment: Record<string, string> = {}) {
  const file = path.join(folder, 'peps.toml');
  if (toml !== null) writeFileSync(file, toml);
  return loadConfig({ file: toml === null ? undefined : file, environment, folder });
}

/** All faults of a configuration, as the operator reads them. */
function faultsOf(toml: string | null, environment: Record<string, string> = {}): string[] {
  try {
    load(toml, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('without any configuration', () => {
  test('the appliance keeps to itself: loopback, ./data, no mail server', () => {
    const { config } = load(null);
    expect(config).toEqual({
      dataDir: path.join(folder, 'data'),
      masterKeyFile: path.join(folder, 'data', 'master.key'),
      databaseUrl: `sqlite:${path.join(folder, 'data', 'peps.sqlite')}`,
      publicUrl: null,
      timeZone: 'Europe/Paris',
      logLevel: 'info',
      http: { address: '127.0.0.1', port: 8080, tls: null, trustedProxies: [] },
      sftp: { address: '127.0.0.1', port: 2222, trustedProxies: [] },
      mail: { smtpUrl: null, allowsPlainSmtp: false, from: 'PEPS <peps@localhost>', quietSeconds: 120 },
    });
  });

  test('an empty variable is none', () => {
    expect(load(null, { PEPS_SMTP_URL: '', PEPS_HTTP_PORT: '' }).config.http.port).toBe(8080);
  });
});

describe('where values come from', () => {
  test('the file says it, the environment has the last word', () => {
    const { config, settings } = load('[http]\nport = 1000\n[sftp]\nport = 1001\n', {
      PEPS_SFTP_PORT: '1002',
    });
    expect([config.http.port, config.sftp.port]).toEqual([1000, 1002]);
    const sources = new Map(settings.map(({ key, source }) => [key, source]));
    expect(sources.get('http.port')).toBe(`${path.join(folder, 'peps.toml')}:2`);
    expect(sources.get('sftp.port')).toBe('environment');
    expect(sources.get('time_zone')).toBe('default');
  });

  test('every setting can be given by variable and by file', () => {
    for (const { key, environment } of Object.values(SETTINGS)) {
      const wrong = '§';
      const [table, name] = key.includes('.') ? key.split('.') : [null, key];
      const toml = `${table ? `[${table}]\n` : ''}${name} = ["${wrong}"]\n`;
      expect(faultsOf(toml).join(), `file: ${key}`).toContain(key);
      if (environment !== 'PEPS_DATA_DIR' && environment !== 'PEPS_MASTER_KEY_FILE')
        expect(faultsOf(null, { [environment]: wrong }).join(), environment).toContain(environment);
    }
  });

  test('proxies are a list in the file, set apart by commas in the variable', () => {
    const list = ['127.0.0.1', 'fd00::/8'];
    expect(load(`[http]\ntrusted_proxies = ${JSON.stringify(list)}\n`).config.http.trustedProxies).toEqual(
      list,
    );
    const environment = { PEPS_TRUSTED_PROXIES: '127.0.0.1, fd00::/8' };
    expect(load(null, environment).config.http.trustedProxies).toEqual(list);
  });

  test('relative paths start at the file that names them, or at the working directory', () => {
    const inner = path.join(folder, 'peps.toml');
    writeFileSync(inner, 'data_dir = "kept"\n');
    const { config } = loadConfig({ file: inner, environment: {}, folder: '/' });
    expect(config.dataDir).toBe(path.join(folder, 'kept'));
    expect(load(null, { PEPS_DATA_DIR: 'here' }).config.dataDir).toBe(path.join(folder, 'here'));
  });

  test('PEPS_CONFIG_FILE names the file when --config does not', () => {
    writeFileSync(path.join(folder, 'other.toml'), '[http]\nport = 7\n');
    expect(load(null, { PEPS_CONFIG_FILE: 'other.toml' }).config.http.port).toBe(7);
  });

  test('a secret comes from a file of its own', () => {
    const secret = path.join(folder, 'smtp');
    writeFileSync(secret, 'smtp://peps:hush@mail.example.org\n', { mode: 0o600 });
    const sender = { PEPS_MAIL_FROM: 'peps@example.org' };
    expect(load(null, { PEPS_SMTP_URL_FILE: secret, ...sender }).config.mail.smtpUrl?.password).toBe('hush');
    expect(load('[mail]\nsmtp_url_file = "smtp"\n', sender).config.mail.smtpUrl?.password).toBe('hush');
  });

  test('secrets are masked when printed', () => {
    const { settings } = load(null, {
      PEPS_SMTP_URL: 'smtp://peps:hush@mail.example.org',
      PEPS_MAIL_FROM: 'peps@example.org',
    });
    expect(JSON.stringify(settings)).not.toContain('hush');
    expect(settings.find(({ key }) => key === 'mail.smtp_url')?.value).toBe('••••••');
  });
});

describe('wrong configuration', () => {
  test('all faults are told at once, with key, value and line', () => {
    const file = path.join(folder, 'peps.toml');
    const toml =
      'time_zone = "Europe/Lons"\n\n[http]\nport = "80"\nadress = "127.0.0.1"\n\n[mail]\nquiet_seconds = -1\n';
    expect(faultsOf(toml, { PEPS_SFTP_PORT: '70000', PEPS_HTTP_PROT: '1' })).toEqual([
      `${file}, line 5: http.adress is not a setting; did you mean http.address?`,
      'environment: PEPS_HTTP_PROT is not a setting; did you mean PEPS_HTTP_PORT?',
      `${file}, line 1: time_zone = "Europe/Lons" must be a time zone such as Europe/Paris`,
      `${file}, line 4: http.port = "80" must be a whole number from 0 to 65535`,
      'environment: PEPS_SFTP_PORT = 70000 must be a whole number from 0 to 65535',
      `${file}, line 8: mail.quiet_seconds = -1 must be a whole number of seconds from 0 to 900`,
    ]);
  });

  test.each([
    ['a port that is a fraction', '[http]\nport = 80.5', 'http.port'],
    ['a whole address as port', '[sftp]\nport = "127.0.0.1:22"', 'sftp.port'],
    ['a host name as address', '[http]\naddress = "localhost"', 'must be an IP address'],
    ['a public address with a path', 'public_url = "https://peps.example.org/x"', 'without path'],
    ['a public address with a password', 'public_url = "https://a:b@peps.example.org"', 'without path'],
    ['another scheme', 'public_url = "ftp://peps.example.org"', 'http or https'],
    ['PostgreSQL', 'database_url = "postgres://db.example.org/peps"', 'planned'],
    ['another database', 'database_url = "mysql://db.example.org/peps"', 'sqlite:'],
    ['an empty folder', 'data_dir = ""', 'must not be empty'],
    ['a sender of two addresses', '[mail]\nfrom = "a@example.org, b@example.org"', 'mail address'],
    ['a sender with a line break', '[mail]\nfrom = "PEPS\\r\\nBcc: x <a@example.org>"', 'mail address'],
    ['a mail server without scheme', '[mail]\nsmtp_url = "mail.example.org"', 'smtp://'],
    ['a bare % in the mail password', '[mail]\nsmtp_url = "smtp://a:50%@mail.example.org"', '•••••• has a %'],
    ['a bare % in the mail user', '[mail]\nsmtp_url = "smtp://a%:b@mail.example.org"', '%25'],
    ['a proxy by name', '[http]\ntrusted_proxies = ["proxy.example.org"]', 'IP addresses or networks'],
    ['a network too narrow', '[http]\ntrusted_proxies = ["10.0.0.0/33"]', 'IP addresses or networks'],
    ['proxies as text', '[http]\ntrusted_proxies = "127.0.0.1"', 'must be a list'],
    ['a mail server without sender', '[mail]\nsmtp_url = "smtp://mail.example.org"', 'mail.from is needed'],
    ['a switch as word', '[mail]\nsmtp_allow_plain = "yes"', 'true or false'],
    ['a log level nobody knows', 'log_level = "loud"', 'log_level = "loud" must be debug'],
    ['TOML that ends early', '[http\nport = 1', 'not valid TOML'],
    ['a table that is a value', 'http = 1', 'http is not a setting'],
  ])('%s is told', (_, toml, told) => {
    expect(faultsOf(toml).join('\n')).toContain(told);
  });

  test('beyond loopback over TLS or behind a proxy alone, and with the address people type', () => {
    const address = { PEPS_HTTP_ADDRESS: '0.0.0.0' };
    expect(faultsOf(null, address)).toHaveLength(2);
    expect(faultsOf(null, { ...address, PEPS_TRUSTED_PROXIES: '192.0.2.1' }).join()).toContain(
      'public_url is needed',
    );
    const told = { PEPS_TRUSTED_PROXIES: '192.0.2.1', PEPS_PUBLIC_URL: 'https://peps.example.org' };
    expect(load(null, { ...address, ...told }).config.http.address).toBe('0.0.0.0');
    expect(faultsOf(null, { PEPS_HTTP_ADDRESS: '::1' })).toEqual([]);
  });

  test('a value that may be a secret is never repeated', () => {
    const told = faultsOf('[mail]\nsmtp_url = "hush"\nsmtp_urll = "hush"\n', { PEPS_SMTP_ULR: 'hush' });
    expect(told).toHaveLength(4);
    expect(told.join()).not.toContain('hush');
  });

  test('a secret file that everybody reads is refused, as are two forms at once and a missing file', () => {
    const secret = path.join(folder, 'smtp');
    writeFileSync(secret, 'smtp://mail.example.org');
    chmodSync(secret, 0o644);
    const sender = { PEPS_MAIL_FROM: 'peps@example.org' };
    expect(faultsOf(null, { ...sender, PEPS_SMTP_URL_FILE: secret }).join()).toContain('read by everybody');
    chmodSync(secret, 0o600);
    const both = { ...sender, PEPS_SMTP_URL_FILE: secret, PEPS_SMTP_URL: 'smtp://mail.example.org' };
    expect(faultsOf(null, both).join()).toContain('its file form');
    expect(faultsOf(null, { ...sender, PEPS_SMTP_URL_FILE: '/nowhere' }).join()).toContain('ENOENT');
  });

  test('a configuration file that is not there is a fault', () => {
    expect(() => loadConfig({ file: 'absent.toml', environment: {}, folder })).toThrow(
      /absent\.toml cannot be read/u,
    );
  });
});

describe('the nearest name', () => {
  test('is found for slips of the finger, not for another word', () => {
    expect(nearestName('htpt.port', ['http.port', 'sftp.port'])).toBe('http.port');
    expect(nearestName('colour', ['http.port', 'time_zone'])).toBeUndefined();
  });
});
