/** Which rule a password breaks; also the `reason` of the refusal. */
export type PasswordFault =
  | 'password-too-short'
  | 'password-too-long'
  | 'password-kinds'
  | 'password-common'
  | 'password-personal';

/** What a password must not be made of. */
export interface PasswordContext {
  /** The account's address; the part before the "@" counts. */
  readonly address?: string | undefined;
  /** The house's name. */
  readonly organisation?: string | undefined;
}

export const PASSWORD_MIN_LENGTH = 12;
/** From here on the four kinds are not asked for: a sentence is better than `P@ssw0rd`. */
export const PASSPHRASE_MIN_LENGTH = 20;
export const PASSWORD_MAX_LENGTH = 1024;

const PRODUCT_WORDS = ['peps', 'caf'];
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
const COMMON_WORDS = new Set([
  ...['password', 'passwd', 'passphrase', 'motdepasse', 'monmotdepasse', 'mypassword', 'secret', 'default'],
  ...['azerty', 'azertyuiop', 'azertyqwerty', 'qsdfghjklm', 'wxcvbn', 'qwerty', 'qwertyuiop', 'qwertyasdfgh'],
  ...['asdfghjkl', 'zxcvbnm', 'qwertz', 'qwertzuiop', 'abcdefgh', 'abcdefghijkl', 'admin', 'administrator'],
  ...[
    'administrateur',
    'root',
    'superuser',
    'user',
    'utilisateur',
    'welcome',
    'bienvenue',
    'bonjour',
    'hello',
  ],
  ...['changeme', 'changezmoi', 'letmein', 'ouvretoi', 'login', 'connexion', 'doudou', 'loulou', 'chouchou'],
  ...[
    'iloveyou',
    'jetaime',
    'soleil',
    'sunshine',
    'princess',
    'princesse',
    'marseille',
    'football',
    'monkey',
  ],
  ...[
    'dragon',
    'superman',
    'batman',
    'trustno',
    'printemps',
    'automne',
    'summer',
    'winter',
    'autumn',
    'spring',
  ],
  ...['temporaire', 'temporary', 'provisoire', 'test', 'testtest', 'temppassword', 'partenaire', 'partner'],
]);
const SEQUENCES = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'azertyuiopqsdfghjklmwxcvbn',
  'qwertyuiopasdfghjklzxcvbnm',
];
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

/** The form in which passwords are counted and hashed: NFKC, so that every keyboard's way to type "é" is one (RFC 8265 takes NFC). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** The rules a password breaks, none for a good one. The pages tick them as one types. */
export function passwordFaults(password: string, context: PasswordContext = {}): readonly PasswordFault[] {
  const text = normalizePassword(password);
  const length = [...text].length;
  if (length > PASSWORD_MAX_LENGTH) return ['password-too-long'];
  const faults: PasswordFault[] = [];
  if (length < PASSWORD_MIN_LENGTH) faults.push('password-too-short');
  if (length < PASSPHRASE_MIN_LENGTH && !KINDS.every((kind) => kind.test(text)))
    faults.push('password-kinds');
  if (isCommon(text)) faults.push('password-common');
  if (isPersonal(text, context)) faults.push('password-personal');
  return faults;
}

/** Decorated everyday words, keyboard rows and one short piece over and over: what is tried first. */
function isCommon(text: string): boolean {
  const plain = fold(text);
  if (plain !== '' && (/^(.{1,4})\1+.{0,3}$/u.test(plain) || isSequence(plain))) return true;
  const core = plain.replace(/^[^a-z]+|[^a-z]+$/gu, '');
  const unmasked = [...core].map((character) => LOOKALIKES[character] ?? character).join('');
  return [core, letters(core), letters(unmasked)].some(
    (word) => COMMON_WORDS.has(word) || COMMON_WORDS.has(halved(word)),
  );
}

function isSequence(plain: string): boolean {
  const body = plain.replace(/[^a-z0-9]/gu, '');
  const reversed = [...body].reverse().join('');
  return body.length >= 6 && SEQUENCES.some((row) => row.includes(body) || row.includes(reversed));
}

/** "passwordpassword" is "password". */
function halved(word: string): string {
  const half = word.slice(0, word.length / 2);
  return half + half === word ? half : word;
}

/**
 * Names that anyone would try for this account. A long password may hold one by chance (random hexadecimal has "caf"): it is
 * refused only when what remains would not be long enough on its own.
 */
function isPersonal(text: string, context: PasswordContext): boolean {
  const plain = fold(text);
  const words = [...PRODUCT_WORDS, ...contextWords(context)].filter((word) => plain.includes(word));
  if (words.length === 0) return false;
  const remainder = words.reduce((rest, word) => rest.replaceAll(word, ''), plain);
  return [...remainder].length < PASSPHRASE_MIN_LENGTH;
}

function contextWords({ address, organisation }: PasswordContext): readonly string[] {
  return [address?.split('@')[0] ?? '', organisation ?? ''].map(fold).filter((word) => word.length >= 3);
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function letters(text: string): string {
  return text.replace(/[^a-z]/gu, '');
}
