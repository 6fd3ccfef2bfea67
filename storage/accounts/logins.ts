import { domainToASCII } from 'node:url';
import { StorageError } from '../errors.js';

const MAX_LOGIN_LENGTH = 254;
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN_LABEL = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
const SERVICE_LOGIN = /^[a-z0-9][a-z0-9._-]{2,63}$/u;
const UNSAFE_IN_LOGIN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
/** Mapping a domain to ASCII decodes it, so that one domain would have many spellings. */
const PERCENT_IN_DOMAIN = /@[^@]*%[^@]*$/u;
const UNSAFE_IN_NAME = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u;
const MAX_NAME_LENGTH = 200;

/** An address in the form shown and mailed to, and in the canonical form that is unique. */
export interface MailAddress {
  readonly address: string;
  /** With the domain in ASCII (RFC 5891), so that both spellings of an IDN are one address. */
  readonly addressKey: string;
  readonly localPart: string;
}

/**
 * What somebody typed as a login, as it is looked up: NFKC, trimmed, lower case, without Windows' `PC\` in front.
 * Null for what cannot be a login at all.
 */
export function normalizeLogin(typed: string): string | null {
  if (typed.length > 2 * MAX_LOGIN_LENGTH || UNSAFE_IN_LOGIN.test(typed) || !typed.isWellFormed())
    return null;
  const login = typed
    .slice(typed.lastIndexOf('\\') + 1)
    .normalize('NFKC')
    .trim()
    .toLowerCase();
  const isLogin =
    login !== '' &&
    login.length <= MAX_LOGIN_LENGTH &&
    !UNSAFE_IN_LOGIN.test(login) &&
    !PERCENT_IN_DOMAIN.test(login);
  return isLogin ? login : null;
}

/** The canonical form of an address for looking up; what is no address stays as it is. */
export function addressKeyOf(login: string): string {
  const at = login.lastIndexOf('@');
  const domain = at === -1 ? '' : domainToASCII(login.slice(at + 1));
  return domain === '' ? login : `${login.slice(0, at)}@${domain}`;
}

/**
 * A plain `local@domain` as people have it: no quotes, no comments, no spaces, one "@", at most 254 characters.
 * @throws StorageError invalid-input, reason `address`
 */
export function parseAddress(text: string): MailAddress {
  const address = text.normalize('NFC').trim().toLowerCase();
  const [localPart = '', domain = '', ...rest] = address.split('@');
  const addressKey = addressKeyOf(address);
  const isAddress =
    rest.length === 0 &&
    localPart.length <= 64 &&
    LOCAL_PART.test(localPart) &&
    isDomain(domain) &&
    addressKey.length <= MAX_LOGIN_LENGTH &&
    Buffer.byteLength(address) <= MAX_LOGIN_LENGTH;
  if (!isAddress)
    throw new StorageError('invalid-input', 'This is not a plain mail address.', {
      reason: 'address',
      subject: text.slice(0, MAX_LOGIN_LENGTH),
    });
  return { address, addressKey, localPart };
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  return (
    labels.length >= 2 &&
    labels.every((label) => label.length <= 63 && DOMAIN_LABEL.test(label)) &&
    !/^\d+$/u.test(labels.at(-1) ?? '') &&
    domainToASCII(domain) !== ''
  );
}

/**
 * The login of a service account: 3 to 64 of a–z, 0–9, dot, hyphen and underscore, a letter or digit first.
 * @throws StorageError invalid-input, reason `login`
 */
export function parseServiceLogin(text: string): string {
  const login = text.trim().toLowerCase();
  if (SERVICE_LOGIN.test(login)) return login;
  throw new StorageError(
    'invalid-input',
    'A service login has 3 to 64 of a–z, 0–9, ".", "_" and "-", a letter or digit first.',
    { reason: 'login', subject: text.slice(0, MAX_LOGIN_LENGTH) },
  );
}

/**
 * The name of a person, a group or the house: NFC, 1 to 200 characters, nothing that breaks a line or turns the text round.
 * @throws StorageError invalid-input, reason `name`
 */
export function parseDisplayName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (name !== '' && name.length <= MAX_NAME_LENGTH && !UNSAFE_IN_NAME.test(name)) return name;
  throw new StorageError('invalid-input', 'A name has 1 to 200 characters and no control characters.', {
    reason: 'name',
  });
}
