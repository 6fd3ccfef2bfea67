import path from 'node:path';
import type { z } from 'zod';
import { CertificateFault, type CertificateFiles, readCertificate } from './certificate.js';
import type { ConfigFault, Sources } from './config-sources.js';
import { SETTINGS, type Setting, type SettingName } from './config-table.js';
import { isLoopback } from './loopback.js';

/** Every setting's value, each valid by itself. */
export type Values = {
  readonly [Name in SettingName]:
    | z.infer<(typeof SETTINGS)[Name]['schema']>
    | Extract<(typeof SETTINGS)[Name]['fallback'], null>;
};

/** Rules between settings. Relative paths start at `folder` unless they come from the TOML file. */
export function checkTogether(values: Values, sources: Sources, folder: string): ConfigFault[] {
  const { found } = sources;
  const faults: ConfigFault[] = [];
  const fault = (setting: Setting, value: string | null, problem: string) => {
    const given = found.get(setting.key);
    const key = given?.source === 'environment' ? setting.environment : setting.key;
    faults.push({ key, value, source: given?.source ?? 'default', line: given?.line ?? null, problem });
  };
  const isRemote = !isLoopback(values.httpAddress);
  const tls = tlsFiles(values, sources, folder);
  if (tls) checkCertificate(tls, fault);
  else checkPlainHttp(values, isRemote, fault);
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

type TellFault = (setting: Setting, value: string | null, problem: string) => void;

function checkCertificate(files: CertificateFiles, fault: TellFault): void {
  try {
    readCertificate(files);
  } catch (error) {
    if (!(error instanceof CertificateFault)) throw error;
    if (error.part === 'key') fault(SETTINGS.httpTlsKeyFile, files.keyFile, error.message);
    else fault(SETTINGS.httpTlsCertificateFile, files.certificateFile, error.message);
  }
}

function checkPlainHttp(values: Values, isRemote: boolean, fault: TellFault): void {
  const { httpTlsCertificateFile: certificate, httpTlsKeyFile: key } = SETTINGS;
  if (values.httpTlsCertificateFile !== null) fault(key, null, neededWith(certificate));
  else if (values.httpTlsKeyFile !== null) fault(certificate, null, neededWith(key));
  else if (isRemote && values.httpTrustedProxies === null)
    fault(
      SETTINGS.httpAddress,
      JSON.stringify(values.httpAddress),
      `listens beyond this machine without encryption; give a certificate (${certificate.key}, ${key.key}) or name the TLS proxy in front of it (${SETTINGS.httpTrustedProxies.key})`,
    );
}

function neededWith({ key, environment }: Setting): string {
  return `is needed with ${key} (${environment})`;
}

/** Certificate and key, null unless both are given. */
export function tlsFiles(values: Values, { found }: Sources, folder: string): CertificateFiles | null {
  const { httpTlsCertificateFile: certificateFile, httpTlsKeyFile: keyFile } = values;
  if (certificateFile === null || keyFile === null) return null;
  const resolve = (setting: Setting, file: string) =>
    path.resolve(found.get(setting.key)?.folder ?? folder, file);
  return {
    certificateFile: resolve(SETTINGS.httpTlsCertificateFile, certificateFile),
    keyFile: resolve(SETTINGS.httpTlsKeyFile, keyFile),
  };
}
