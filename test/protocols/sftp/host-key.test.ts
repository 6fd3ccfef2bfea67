import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatPrivateKey } from '../../../protocols/sftp/host-key.js';
import { loadOrCreateHostKey } from '../../../protocols/sftp/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peps-host-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('is made once, for its owner alone, and shown as OpenSSH shows it', async () => {
  const file = join(folder, 'made');
  const made = await loadOrCreateHostKey(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await loadOrCreateHostKey(file)).toEqual(made);
  expect(made.publicKeyLine).toMatch(/^ssh-ed25519 AAAA/u);
  const derived = execFileSync('ssh-keygen', ['-yf', file], { encoding: 'utf8' });
  expect(derived.trim()).toBe(`${made.publicKeyLine} peps`);
  const shown = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' });
  expect(shown.split(' ')[1]).toBe(made.fingerprint);
});

test('whose public half begins with a zero is as good as any', () => {
  for (;;) {
    const { privateKey } = generateKeyPairSync('ed25519');
    if (Buffer.from(privateKey.export({ format: 'jwk' }).x ?? '', 'base64url')[0] !== 0) continue;
    const parsed = ssh2.utils.parseKey(formatPrivateKey(privateKey));
    if (parsed instanceof Error) throw parsed;
    expect(parsed.getPublicSSH().length).toBe(51);
    expect(parsed.verify('signed', parsed.sign('signed'))).toBe(true);
    return;
  }
});

test('that others can read is refused', async () => {
  const file = join(folder, 'open');
  await loadOrCreateHostKey(file);
  await chmod(file, 0o640);
  await expect(loadOrCreateHostKey(file)).rejects.toThrow('its mode must be 0600');
});

test('that holds no private key is refused', async () => {
  const file = join(folder, 'broken');
  await writeFile(file, 'not a key', { mode: 0o600 });
  await expect(loadOrCreateHostKey(file)).rejects.toThrow('cannot be read');
});
