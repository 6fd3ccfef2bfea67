import { execFileSync } from 'node:child_process';
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeNewKeyFile } from '../../../protocols/sftp/host-key-file.js';
import {
  cancelHostKey,
  type HostKeys,
  loadOrCreateHostKey,
  nextHostKeyFile,
  planHostKey,
  readHostKeys,
  removeDrafts,
  takeOverIfDue,
} from '../../../protocols/sftp/index.js';

const HOUR = new Date('2026-07-30T02:00:00.000Z');
const BEFORE = new Date(HOUR.getTime() - 1);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peps-rotation-'));
  file = join(folder, 'ssh-host-key');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fingerprints = ({ current, next }: HostKeys) => [current.fingerprint, next?.fingerprint];

describe('the next host key', () => {
  test('lies beside the one in use, for its owner alone, with its hour, as a key that OpenSSH reads', async () => {
    const { fingerprint } = await loadOrCreateHostKey(file);
    const { current, next } = await planHostKey(file, HOUR);
    expect(current.fingerprint).toBe(fingerprint);
    expect(next?.takesOverAt).toEqual(HOUR);
    expect((await stat(nextHostKeyFile(file))).mode & 0o777).toBe(0o600);
    const shown = execFileSync('ssh-keygen', ['-lf', nextHostKeyFile(file)], { encoding: 'utf8' });
    expect(shown).toContain(`${next?.fingerprint} peps, from ${HOUR.toISOString()}`);
    expect((await readdir(folder)).sort()).toEqual(['ssh-host-key', 'ssh-host-key.next']);
  });

  test('takes over at its hour, not before, and once', async () => {
    const { next } = await planHostKey(file, HOUR);
    expect(await takeOverIfDue(file, BEFORE)).toBeNull();
    expect((await takeOverIfDue(file, HOUR))?.fingerprint).toBe(next?.fingerprint);
    expect(await takeOverIfDue(file, HOUR)).toBeNull();
    expect(fingerprints(await readHostKeys(file))).toEqual([next?.fingerprint, undefined]);
    expect(await readdir(folder)).toEqual(['ssh-host-key']);
  });

  test('stays the same when its hour is moved: clients may know it', async () => {
    const first = await planHostKey(file, HOUR);
    const later = new Date('2026-09-01T00:00:00.000Z');
    const moved = await planHostKey(file, later);
    expect(fingerprints(moved)).toEqual(fingerprints(first));
    expect(moved.next?.takesOverAt).toEqual(later);
    expect(execFileSync('ssh-keygen', ['-yf', nextHostKeyFile(file)], { encoding: 'utf8' })).toContain(
      first.next?.publicKeyLine,
    );
  });

  test('is another one after it was given up', async () => {
    const { next } = await planHostKey(file, HOUR);
    expect(await cancelHostKey(file)).toBe(true);
    expect(await cancelHostKey(file)).toBe(false);
    expect((await planHostKey(file, HOUR)).next?.fingerprint).not.toBe(next?.fingerprint);
  });

  test('is never written over one that is there: whoever comes second takes the first', async () => {
    await planHostKey(file, HOUR);
    const first = await readFile(nextHostKeyFile(file), 'utf8');
    expect(await writeNewKeyFile(nextHostKeyFile(file), 'another')).toBe(false);
    expect(await readFile(nextHostKeyFile(file), 'utf8')).toBe(first);
    expect((await readdir(folder)).sort()).toEqual(['ssh-host-key', 'ssh-host-key.next']);
  });
});

describe('a process that died', () => {
  test('while it wrote the next key has left the current one, and what it wrote is swept', async () => {
    const { fingerprint } = await loadOrCreateHostKey(file);
    await writeFile(`${file}.next.draft-0123456789ab`, '-----BEGIN OPENSSH', { mode: 0o600 });
    await removeDrafts(file);
    expect(fingerprints(await readHostKeys(file))).toEqual([fingerprint, undefined]);
    expect(await readdir(folder)).toEqual(['ssh-host-key']);
  });

  test('before it took the draft away has left the next key whole', async () => {
    const { next } = await planHostKey(file, HOUR);
    await link(nextHostKeyFile(file), `${file}.next.draft-0123456789ab`);
    await removeDrafts(file);
    expect((await takeOverIfDue(file, HOUR))?.fingerprint).toBe(next?.fingerprint);
    expect(await readdir(folder)).toEqual(['ssh-host-key']);
  });

  test('while it made the first key has left none: the next start makes one', async () => {
    await writeFile(`${file}.draft-0123456789ab`, '', { mode: 0o600 });
    await removeDrafts(file);
    expect((await loadOrCreateHostKey(file)).fingerprint).toMatch(/^SHA256:/u);
  });
});

describe('a next key that cannot be used', () => {
  test.each<[string, (text: string) => string, RegExp]>([
    ['is cut short', (text) => text.slice(0, 200), /next cannot be read: it holds no private key/u],
    ['is empty', () => '', /next cannot be read: it holds no private key/u],
    ['has halves that do not belong together', spoilSecret, /next is damaged: its halves/u],
  ])('because it %s never takes over, is named, and can be given up', async (_, spoil, said) => {
    const { current } = await planHostKey(file, HOUR);
    const name = nextHostKeyFile(file);
    await writeFile(name, spoil(await readFile(name, 'utf8')));
    await expect(readHostKeys(file)).rejects.toThrow(said);
    await expect(takeOverIfDue(file, HOUR)).rejects.toThrow(said);
    await expect(planHostKey(file, HOUR)).rejects.toThrow(said);
    expect(await cancelHostKey(file)).toBe(true);
    expect(fingerprints(await readHostKeys(file))).toEqual([current.fingerprint, undefined]);
  });

  test('because it says no hour, or others can read it, is refused', async () => {
    await loadOrCreateHostKey(nextHostKeyFile(file));
    await expect(takeOverIfDue(file, HOUR)).rejects.toThrow('does not say from when on it is to be used');
    await chmod(nextHostKeyFile(file), 0o644);
    await expect(takeOverIfDue(file, HOUR)).rejects.toThrow('its mode must be 0600');
  });
});

/** Another seed in the secret part, the public halves as they were. */
function spoilSecret(text: string): string {
  const bytes = Buffer.from(text.replace(/-----[^-]+-----|\s/gu, ''), 'base64');
  const seedAt = bytes.lastIndexOf('ssh-ed25519') + 11 + 36 + 4;
  bytes[seedAt] = (bytes[seedAt] ?? 0) ^ 1;
  const lines = bytes.toString('base64').replace(/.{70}/gu, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
