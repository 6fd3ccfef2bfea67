import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './programs.js';

/** Certificate and key of 127.0.0.1, signed by themselves, made anew for each test by openssl. */
export interface TestCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A folder for certificates; the caller removes it. */
export async function certificateFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-tls-'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** Makes `NAME.pem` and `NAME.key` in a folder. */
export async function makeCertificate(
  folder: string,
  name: string,
  options: { days?: number; isRsa?: boolean } = {},
): Promise<TestCertificate> {
  const [certificateFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const made = await run('openssl', [
    'req',
    '-x509',
    '-nodes',
    ...(options.isRsa ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    '-days',
    String(options.days ?? 90),
    '-subj',
    `/CN=${name}.example.org`,
    '-addext',
    'subjectAltName=IP:127.0.0.1,DNS:localhost',
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
  ]);
  if (made.code !== 0) throw new Error(made.stderr);
  return { certificateFile, keyFile };
}

/** Puts a file in another's place as renewals do: written beside it, then renamed. */
export async function replaceFile(file: string, from: string): Promise<void> {
  const next = `${file}.next`;
  writeFileSync(next, await readFile(from), { mode: 0o600 });
  renameSync(next, file);
}
