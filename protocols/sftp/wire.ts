/** A packet whose fields do not add up; answered with SSH_FX_BAD_MESSAGE where it has an id, else the connection ends. */
export class MalformedPacket extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedPacket';
  }
}

/** Reads the fields of one packet in order (RFC 4251 section 5). Every method throws MalformedPacket when bytes are missing. */
export interface FieldReader {
  uint8(): number;
  uint32(): number;
  uint64(): bigint;
  /** A counted byte string; a view on the packet, not a copy. */
  string(): Buffer;
}

/** Reads from `start` on. */
export function createFieldReader(packet: Buffer, start = 0): FieldReader {
  let position = start;
  function take(sizeBytes: number): number {
    const at = position;
    if (at + sizeBytes > packet.length) throw new MalformedPacket('The packet ends inside a field.');
    position = at + sizeBytes;
    return at;
  }
  return {
    uint8: () => packet.readUInt8(take(1)),
    uint32: () => packet.readUInt32BE(take(4)),
    uint64: () => packet.readBigUInt64BE(take(8)),
    string() {
      const sizeBytes = packet.readUInt32BE(take(4));
      const at = take(sizeBytes);
      return packet.subarray(at, at + sizeBytes);
    },
  };
}

/** One byte. */
export function uint8(value: number): Buffer {
  return Buffer.from([value]);
}

/** Four bytes, the highest first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Eight bytes, the highest first. */
export function uint64(value: number | bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A counted byte string. */
export function string(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}
