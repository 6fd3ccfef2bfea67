import { StorageError } from './errors.js';

const MAX_NAME_BYTES = 255;
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/iu;
const FORBIDDEN_CHARACTERS = /[<>:"/\\|?*]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this rule is about
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
const BIDI_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/u;

/** Names whose bytes are not final yet: their sender finds them again, nobody is told (Office, WinSCP, rclone, gvfs, vim). */
const TEMPORARY_NAMES = [
  /\.(tmp|temp|part|filepart|partial|crdownload|swp|swx)$/iu,
  /^~\$/u,
  /^\._/u,
  /^\.~lock\..*#$/u,
  /~$/u,
  /^\.in\./u,
  /^\.goutputstream-/u,
  /^\.~/u,
  /^~wr[dla]\d+/iu,
  // Excel saves into a name of eight hexadecimal digits and renames it; a date such as 20260630 is no such name.
  /^(?=.*[A-F])[0-9A-F]{8}$/u,
];
/** Of the temporary names, those of resource forks and of editors' own lock and swap files. */
const COMPANION_NAMES = [/^\._/u, /^~\$/u, /^\.~lock\..*#$/u, /\.sw[px]$/iu];
const SYSTEM_LITTER = new Set(['.ds_store', 'thumbs.db', 'desktop.ini', 'ehthumbs.db', '.localized']);

/** Stored form of a name: NFC, case kept. Finder sends NFD, Windows NFC: one name. */
export function normalizeName(name: string): string {
  return name.normalize('NFC');
}

/** Two names with the same key cannot stand in one folder: NFC, upper case, lower case, NFC. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** A name as one looks for it: accents and case aside. */
export function foldedName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Orders names as people do: accents and case aside, numbers by value. Digits are padded so that text order is number order. */
export function sortKey(name: string): string {
  return foldedName(name)
    .replace(/\d+/gu, (digits) => digits.replace(/^0+(?=\d)/u, '').padStart(12, '0'))
    .slice(0, 400);
}

export function isTemporaryName(name: string): boolean {
  return TEMPORARY_NAMES.some((pattern) => pattern.test(name));
}

export function isSystemLitter(name: string): boolean {
  return SYSTEM_LITTER.has(name.toLowerCase());
}

/** A name beside a document that is open or shown, never a document that still comes: nobody misses one that stays. */
export function isCompanionName(name: string): boolean {
  return isSystemLitter(name) || COMPANION_NAMES.some((pattern) => pattern.test(name));
}

/** Seen by its sender alone and never announced: not finished yet, or litter of an operating system. */
export function isPrivateName(name: string): boolean {
  return isTemporaryName(name) || isSystemLitter(name);
}

/** A list of files with their SHA-256, as sha256sum writes it. */
export function isManifestName(name: string): boolean {
  return /.\.sha256$/iu.test(name);
}

/** Names of the answers to a manifest, `lot.OK` to `lot.sha256`, or to a file that waits for one in vain. */
export function answerNames(name: string): { readonly ok: string; readonly ko: string } {
  const answered = isManifestName(name) ? name.slice(0, -'.sha256'.length) : name;
  return { ok: `${answered}.OK`, ko: `${answered}.KO` };
}

/**
 * Refuses a name nobody should create: what Windows cannot show, control characters, bidi overrides, over 255 bytes.
 * @throws StorageError invalid-path with a reason (`name-empty`, `name-character`, `name-control`, `name-bidi`,
 * `name-reserved`, `name-trailing`, `name-too-long`)
 */
export function assertCreatableName(name: string): void {
  const fault = nameFault(name);
  if (fault) throw new StorageError('invalid-path', fault.message, { reason: fault.reason, subject: name });
}

function nameFault(name: string): { reason: string; message: string } | undefined {
  if (name === '' || name === '.' || name === '..')
    return { reason: 'name-empty', message: 'A name is missing.' };
  if (CONTROL_CHARACTERS.test(name))
    return { reason: 'name-control', message: 'The name holds a control character.' };
  if (BIDI_OVERRIDES.test(name))
    return {
      reason: 'name-bidi',
      message: 'The name holds a character that reverses the writing direction.',
    };
  if (FORBIDDEN_CHARACTERS.test(name))
    return {
      reason: 'name-character',
      message: 'The name holds one of < > : " / \\ | ? * which Windows cannot show.',
    };
  if (/[. ]$/u.test(name))
    return {
      reason: 'name-trailing',
      message: 'The name ends with a dot or a space, which Windows cannot show.',
    };
  if (RESERVED_ON_WINDOWS.test(name))
    return {
      reason: 'name-reserved',
      message: 'The name is reserved by Windows (CON, PRN, AUX, NUL, COM1, LPT1, …).',
    };
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    return { reason: 'name-too-long', message: 'The name is longer than 255 bytes.' };
  return undefined;
}

/** A group's directory, derived from its free-text name by the rules above. Never empty. */
export function directoryNameFor(groupName: string): string {
  const cleaned = normalizeName(groupName)
    .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/[<>:"/\\|?*]/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim();
  const short = trimToBytes(cleaned, 200).replace(/[. ]+$/u, '');
  if (short === '') return 'Groupe';
  return RESERVED_ON_WINDOWS.test(short) || nameKey(short) === nameKey('Mon Espace')
    ? `Groupe ${short}`
    : short;
}

function trimToBytes(text: string, maxBytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > maxBytes) break;
    kept += character;
  }
  return kept;
}
