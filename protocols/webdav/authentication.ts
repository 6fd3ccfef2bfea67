import type { IncomingMessage } from 'node:http';

export interface BasicCredentials {
  readonly login: string;
  readonly password: string;
}

// 10 kB of header is no credential; longer ones are refused before any work is done for them.
const MAX_TOKEN_CHARACTERS = 4096;

/** The challenge of RFC 7617 that goes with every 401. */
export const CHALLENGE = 'Basic realm="PEPS", charset="UTF-8"';

/**
 * The credentials of an `Authorization: Basic` header (RFC 7617). Undefined for none, any other scheme (Office sends an
 * empty `Bearer`), a repeated header or anything malformed: all of them are simply "not signed in".
 */
export function readBasicCredentials(request: IncomingMessage): BasicCredentials | undefined {
  const values = request.headersDistinct.authorization ?? [];
  const [header] = values;
  if (header === undefined || values.length !== 1) return undefined;
  const token = /^Basic +([A-Za-z0-9+/]+={0,2})$/iu.exec(header.trim())?.[1];
  if (token === undefined || token.length > MAX_TOKEN_CHARACTERS) return undefined;
  return splitUserPass(decodeText(Buffer.from(token, 'base64')));
}

function splitUserPass(text: string): BasicCredentials | undefined {
  const colon = text.indexOf(':');
  if (colon === -1 || /\p{Cc}/u.test(text)) return undefined;
  const user = text.slice(0, colon);
  // Windows may put the name of the machine or domain in front: PC\name.
  const login = user.slice(user.lastIndexOf('\\') + 1);
  const password = text.slice(colon + 1);
  return login === '' || password === '' ? undefined : { login, password };
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Clients that ignore the charset of the challenge send Windows-1252; such bytes with an accent are never valid UTF-8.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** True for an OPTIONS by Office: without a plain answer Word asks for the password again on every file (it learns no more than the methods). */
export function isOfficeDiscovery(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && /^Microsoft Office\b/u.test(request.headers['user-agent'] ?? '');
}
