import { SftpStatus } from '../status.js';
import { type Attributes, encodeAttributes } from './attributes.js';
import { MalformedPacket, string, uint8, uint32 } from './wire.js';

/** Packet types of filexfer-02 section 3. */
export const PacketType = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const;

/** Largest packet either side may send, its length field excluded: what OpenSSH allows. */
export const MAX_PACKET_BYTES = 256 * 1024;
/** Largest READ and WRITE; the rest of a packet is its header. */
export const MAX_DATA_BYTES = MAX_PACKET_BYTES - 1024;

/** One name of a NAME packet. */
export interface ListedName {
  readonly name: string;
  readonly longname: string;
  readonly attributes: Attributes;
}

/** One answer to one request, without its id. `left` is called once the bytes are on their way. */
export type Answer =
  | { readonly kind: 'status'; readonly code: number; readonly text: string }
  | { readonly kind: 'handle'; readonly handle: Buffer }
  | { readonly kind: 'data'; readonly data: readonly Buffer[]; readonly left: () => void }
  | { readonly kind: 'names'; readonly names: readonly ListedName[] }
  | { readonly kind: 'attributes'; readonly attributes: Attributes }
  | { readonly kind: 'extended'; readonly payload: Buffer };

/** SSH_FX_OK. */
export const OK: Answer = { kind: 'status', code: SftpStatus.ok, text: 'OK' };
/** SSH_FX_EOF: no more bytes, or no more names. */
export const END_OF_FILE: Answer = { kind: 'status', code: SftpStatus.eof, text: 'End of file' };

/** Cuts a byte stream into packets, whatever the sizes of the pieces it arrives in. */
export interface PacketSplitter {
  push(chunk: Buffer): void;
  /** The next whole packet, from its type on, or undefined until more bytes came. @throws MalformedPacket for a length of 0 or beyond the cap */
  next(): Buffer | undefined;
  /** For a packet that nobody reads any more: its memory serves for another of the same size. */
  giveBack(packet: Buffer): void;
}

/** Of packets that were given back so many are kept, for as many requests as are in flight. */
const MAX_SPARE = 64;

/**
 * Holds one packet at most, the chunk it was cut from, and memory of packets that were given back: V8 goes through its whole heap
 * for every 64 MiB that were allocated outside of it.
 */
export function createPacketSplitter(): PacketSplitter {
  const chunks: Buffer[] = [];
  const length = Buffer.alloc(4);
  let lengthFilled = 0;
  let sizeBytes: number | undefined;
  // A packet that does not lie within one chunk is put together here, so that single bytes cannot pile up as chunks.
  let body: Buffer | undefined;
  let bodyFilled = 0;
  const spare: Buffer[] = [];

  function takeBody(wantedBytes: number): Buffer {
    if (spare[0]?.length !== wantedBytes) spare.length = 0;
    return spare.pop() ?? Buffer.allocUnsafe(wantedBytes);
  }

  function consume(chunk: Buffer, takenBytes: number): void {
    if (takenBytes === chunk.length) chunks.shift();
    else chunks[0] = chunk.subarray(takenBytes);
  }

  function readLength(chunk: Buffer): void {
    const copied = chunk.copy(length, lengthFilled);
    lengthFilled += copied;
    consume(chunk, copied);
    if (lengthFilled === 4) sizeBytes = checkedLength(length.readUInt32BE());
  }

  function readBody(chunk: Buffer, wantedBytes: number): Buffer | undefined {
    if (!body && chunk.length >= wantedBytes) {
      consume(chunk, wantedBytes);
      return chunk.subarray(0, wantedBytes);
    }
    body ??= takeBody(wantedBytes);
    const copied = chunk.copy(body, bodyFilled);
    bodyFilled += copied;
    consume(chunk, copied);
    return bodyFilled === wantedBytes ? body : undefined;
  }

  return {
    push(chunk) {
      if (chunk.length > 0) chunks.push(chunk);
    },
    next() {
      for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
        if (sizeBytes === undefined) {
          readLength(chunk);
          continue;
        }
        const packet = readBody(chunk, sizeBytes);
        if (!packet) continue;
        lengthFilled = 0;
        sizeBytes = undefined;
        body = undefined;
        bodyFilled = 0;
        return packet;
      }
      return undefined;
    },
    giveBack(packet) {
      // A view on a chunk, and what is cut from Node's pool, shares its memory with others.
      const isWhole = packet.buffer.byteLength === packet.length;
      if (isWhole && spare.length < MAX_SPARE && packet.length === (spare[0] ?? packet).length)
        spare.push(packet);
    },
  };
}

/** A whole packet, its length field included, in one piece or several. */
export function encodeAnswer(id: number, answer: Answer): readonly Buffer[] {
  switch (answer.kind) {
    case 'status':
      // The fourth field, a language tag, is empty: texts are English.
      return [packet(PacketType.STATUS, id, uint32(answer.code), string(answer.text), string(''))];
    case 'handle':
      return [packet(PacketType.HANDLE, id, string(answer.handle))];
    case 'data':
      return encodeData(id, answer.data);
    case 'names':
      return [packet(PacketType.NAME, id, uint32(answer.names.length), ...answer.names.map(encodeName))];
    case 'attributes':
      return [packet(PacketType.ATTRS, id, encodeAttributes(answer.attributes))];
    case 'extended':
      return [packet(PacketType.EXTENDED_REPLY, id, answer.payload)];
  }
}

/** What ssh2 sends at a time: the header goes with as many bytes as fill one, the rest is not copied. */
const CHANNEL_PACKET_BYTES = 32 * 1024;
const DATA_HEADER_BYTES = 13;

function encodeData(id: number, data: readonly Buffer[]): readonly Buffer[] {
  const sizeBytes = data.reduce((sum, piece) => sum + piece.length, 0);
  const header = [uint32(9 + sizeBytes), uint8(PacketType.DATA), uint32(id), uint32(sizeBytes)];
  const [head = Buffer.alloc(0), ...others] = data;
  const firstBytes = Math.min(head.length, CHANNEL_PACKET_BYTES - DATA_HEADER_BYTES);
  const first = Buffer.concat([...header, head.subarray(0, firstBytes)]);
  return firstBytes < head.length ? [first, head.subarray(firstBytes), ...others] : [first, ...others];
}

/** The answer to INIT: version 3 and the extensions served, each with its version. */
export function encodeVersion(extensions: ReadonlyMap<string, string>): Buffer {
  const pairs = [...extensions].flatMap(([name, version]) => [string(name), string(version)]);
  return packet(PacketType.VERSION, 3, ...pairs);
}

/** Bytes that a name takes in a NAME packet. */
export function encodedNameBytes(listed: ListedName): number {
  return encodeName(listed).length;
}

function encodeName({ name, longname, attributes }: ListedName): Buffer {
  return Buffer.concat([string(name), string(longname), encodeAttributes(attributes)]);
}

function packet(type: number, idOrVersion: number, ...fields: readonly Buffer[]): Buffer {
  const bodyBytes = fields.reduce((sum, field) => sum + field.length, 0);
  return Buffer.concat([uint32(1 + 4 + bodyBytes), uint8(type), uint32(idOrVersion), ...fields]);
}

function checkedLength(sizeBytes: number): number {
  if (sizeBytes === 0 || sizeBytes > MAX_PACKET_BYTES)
    throw new MalformedPacket(`A packet announces ${sizeBytes} bytes.`);
  return sizeBytes;
}
