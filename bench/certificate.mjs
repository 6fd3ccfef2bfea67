// A certificate of 127.0.0.1 for a day or two: the same kind for everybody who is compared.
import { join } from 'node:path';
import { run } from './programs.mjs';

/** Makes `tls.crt` and `tls.key` in a folder. */
export async function makeCertificate(folder) {
  const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...kind, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', certificate]);
  return { key, certificate };
}
