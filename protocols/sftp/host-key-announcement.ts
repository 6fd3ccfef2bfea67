import { createRequire } from 'node:module';
import ssh2, { type Connection } from 'ssh2';
import { blobOf, HOST_KEY_TYPE, type HostKey } from './host-key.js';
import { createFieldReader, MalformedPacket, string, uint8 } from './wire.js';

/**
 * The one place that uses what ssh2 1.17 keeps to itself: it has no public way to send a global request, nor to answer one that
 * it does not know. `canAnnounce` says whether all of it is there; where it is not, nothing is announced and SFTP works as ever.
 */
interface Transport {
  readonly _handlers: { GLOBAL_REQUEST: GlobalRequestHandler };
  readonly _packetRW: {
    readonly write: {
      allocStart: number;
      alloc(sizeBytes: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  requestSuccess(data: Buffer): void;
}

type GlobalRequestHandler = (transport: Transport, name: string, wantsReply: boolean, data: unknown) => void;
type SendPacket = (transport: Transport, packet: Buffer) => unknown;

/** OpenSSH's PROTOCOL, section 2.5. */
const ANNOUNCEMENT = 'hostkeys-00@openssh.com';
const PROOF = 'hostkeys-prove-00@openssh.com';
const SSH_MSG_GLOBAL_REQUEST = 80;

const load = createRequire(import.meta.url);

/** Whether the installed ssh2 has what announcing needs. */
export function canAnnounce(): boolean {
  try {
    const Protocol = load('ssh2/lib/protocol/Protocol.js');
    const handlers = { GLOBAL_REQUEST() {} };
    const idle = { server: true, hostKeys: {}, onWrite() {}, onError() {}, messageHandlers: handlers };
    return sendPacketOf() !== undefined && isTransport(new Protocol(idle));
  } catch {
    return false;
  }
}

/**
 * Tells a client that has just signed in which host keys the server has, and proves once that it holds them: OpenSSH with
 * UpdateHostKeys writes the ones it did not know into its known_hosts, and takes out those that are not named any more.
 * @param proven told the fingerprints that the client asked a proof of, when it was sent
 */
export function announceHostKeys(
  client: Connection,
  keys: readonly HostKey[],
  proven: (fingerprints: readonly string[]) => void,
): void {
  const transport = member(client, '_protocol');
  const sendPacket = sendPacketOf();
  // A list without the key in use would have clients forget it: all keys can be proven, or none is named.
  if (!sendPacket || !isTransport(transport) || !keys.every(isOfOurType)) return;
  const answer = transport._handlers.GLOBAL_REQUEST;
  let isAnswered = false;
  transport._handlers.GLOBAL_REQUEST = (self, name, wantsReply, data) => {
    const sessionId = member(member(self, '_kex'), 'sessionID');
    // Once: a signature costs time, and a client asks once about what it was told once.
    if (name !== PROOF || !wantsReply || isAnswered || !Buffer.isBuffer(data) || !Buffer.isBuffer(sessionId))
      return answer(self, name, wantsReply, data);
    isAnswered = true;
    const asked = findAsked(data, keys);
    if (!asked) return answer(self, name, wantsReply, data);
    // ssh2 answers the other global requests at once, too: the order of answers stays that of the requests.
    self.requestSuccess(Buffer.concat(asked.map((key) => string(prove(key, sessionId)))));
    proven(asked.map(({ fingerprint }) => fingerprint));
  };
  const blobs = keys.map((key) => string(blobOf(key.publicKeyLine)));
  send(transport, sendPacket, [uint8(SSH_MSG_GLOBAL_REQUEST), string(ANNOUNCEMENT), uint8(0), ...blobs]);
}

function send(transport: Transport, sendPacket: SendPacket, fields: readonly Buffer[]): void {
  const payload = Buffer.concat(fields);
  const { write } = transport._packetRW;
  // In this order: during a key exchange packets are kept without room for their header.
  const start = write.allocStart;
  const packet = write.alloc(payload.length);
  packet.set(payload, start);
  sendPacket(transport, write.finalize(packet));
}

/** Undefined when something is asked about that is none of ours, twice, or not in whole fields. */
function findAsked(data: Buffer, keys: readonly HostKey[]): HostKey[] | undefined {
  const reader = createFieldReader(data);
  const asked: HostKey[] = [];
  try {
    for (let position = 0; position < data.length; ) {
      const blob = reader.string();
      position += 4 + blob.length;
      const key = keys.find(({ publicKeyLine }) => blobOf(publicKeyLine).equals(blob));
      if (!key || asked.includes(key)) return undefined;
      asked.push(key);
    }
  } catch (error) {
    if (error instanceof MalformedPacket) return undefined;
    throw error;
  }
  return asked.length > 0 ? asked : undefined;
}

function prove({ privateKey, publicKeyLine }: HostKey, sessionId: Buffer): Buffer {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const signed = Buffer.concat([string(PROOF), string(sessionId), string(blobOf(publicKeyLine))]);
  return Buffer.concat([string(HOST_KEY_TYPE), string(key.sign(signed))]);
}

function isOfOurType({ publicKeyLine }: HostKey): boolean {
  return publicKeyLine.startsWith(`${HOST_KEY_TYPE} `);
}

function sendPacketOf(): SendPacket | undefined {
  const send: unknown = member(load('ssh2/lib/protocol/utils.js'), 'sendPacket');
  return isFunction(send) ? send : undefined;
}

function isTransport(value: unknown): value is Transport {
  const write = member(member(value, '_packetRW'), 'write');
  return (
    isFunction(member(member(value, '_handlers'), 'GLOBAL_REQUEST')) &&
    isFunction(member(value, 'requestSuccess')) &&
    typeof member(write, 'allocStart') === 'number' &&
    isFunction(member(write, 'alloc')) &&
    isFunction(member(write, 'finalize'))
  );
}

function isFunction(value: unknown): value is (...values: unknown[]) => unknown {
  return typeof value === 'function';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
