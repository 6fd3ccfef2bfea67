import type { Entry } from '../../storage/index.js';
import { type FieldReader, MalformedPacket, uint32, uint64 } from './wire.js';

/** What a client is told of an entry (filexfer-02 section 5). */
export interface Attributes {
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** What a client asks to change. Owner, group and permissions are read and forgotten: roles decide here. */
export interface RequestedAttributes {
  readonly sizeBytes?: bigint;
  readonly modifiedAt?: Date;
}

const FLAG = { size: 0x1, owner: 0x2, permissions: 0x4, times: 0x8, extended: 0x80000000 } as const;
const MODE = { file: 0o100640, directory: 0o040750 } as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_A_YEAR_MS = 182 * 86_400_000;
const MAX_EXTENSIONS = 1_000;

/** What a client is told of a stored entry. */
export function attributesOf(entry: Entry): Attributes {
  const sizeBytes = entry.kind === 'file' ? entry.sizeBytes : 0;
  return { kind: entry.kind, sizeBytes, modifiedAt: entry.modifiedAt };
}

/** ATTRS as sent: size, owner, permissions and times, always all four. */
export function encodeAttributes(attributes: Attributes): Buffer {
  const seconds = uint32(toSeconds(attributes.modifiedAt));
  return Buffer.concat([
    uint32(FLAG.size | FLAG.owner | FLAG.permissions | FLAG.times),
    uint64(attributes.sizeBytes),
    uint32(0),
    uint32(0),
    uint32(MODE[attributes.kind]),
    seconds,
    seconds,
  ]);
}

/** @throws MalformedPacket */
export function readAttributes(fields: FieldReader): RequestedAttributes {
  const flags = fields.uint32();
  const sizeBytes = flags & FLAG.size ? fields.uint64() : undefined;
  if (flags & FLAG.owner) {
    fields.uint32();
    fields.uint32();
  }
  if (flags & FLAG.permissions) fields.uint32();
  const modifiedAt = flags & FLAG.times ? readModifiedAt(fields) : undefined;
  if ((flags & FLAG.extended) !== 0) skipExtensions(fields);
  return { ...(sizeBytes !== undefined && { sizeBytes }), ...(modifiedAt && { modifiedAt }) };
}

/** One line as `ls -l` prints it: lftp, curl and FileZilla read these instead of the attributes. Times are UTC. */
export function longname(name: string, attributes: Attributes, now: Date): string {
  const mode = attributes.kind === 'directory' ? 'drwxr-x---' : '-rw-r-----';
  const size = String(attributes.sizeBytes).padStart(12);
  return `${mode}    1 peps     peps     ${size} ${listedDate(attributes.modifiedAt, now)} ${name}`;
}

function readModifiedAt(fields: FieldReader): Date {
  fields.uint32();
  return new Date(fields.uint32() * 1000);
}

function skipExtensions(fields: FieldReader): void {
  const count = fields.uint32();
  if (count > MAX_EXTENSIONS) throw new MalformedPacket('The attributes hold too many extensions.');
  for (let index = 0; index < count * 2; index += 1) fields.string();
}

function toSeconds(at: Date): number {
  return Math.min(0xffffffff, Math.max(0, Math.floor(at.getTime() / 1000)));
}

function listedDate(at: Date, now: Date): string {
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`;
  const age = now.getTime() - at.getTime();
  const isRecent = age < HALF_A_YEAR_MS && age > -86_400_000;
  return isRecent ? `${day} ${at.toISOString().slice(11, 16)}` : `${day}  ${at.getUTCFullYear()}`;
}
