import { connect, type Socket } from 'node:net';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { createPacketSplitter, PacketType } from '../../../protocols/sftp/codec.js';
import {
  createFieldReader,
  type FieldReader,
  string,
  uint8,
  uint32,
  uint64,
} from '../../../protocols/sftp/wire.js';
import { PEOPLE } from '../../support/appliance.js';
import type { TestSftpDoor } from './support.js';

/** SSH_FXF_* of filexfer-02 section 6.3. */
export const Flag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;
export const NEW_FILE = Flag.write | Flag.create | Flag.truncate;
export const NO_ATTRIBUTES = uint32(0);

export interface Reply {
  readonly type: number;
  readonly id: number;
  readonly fields: FieldReader;
}

export interface StatusReply {
  readonly code: number;
  readonly text: string;
}

/** SFTP by hand: packets are sent when and as the test says, answers are kept in the order they come. */
export interface RawClient {
  readonly ssh: Client;
  readonly socket: Socket;
  readonly channel: ClientChannel;
  /** Ids in the order of their answers. */
  readonly answeredIds: readonly number[];
  /** Sends one request. @returns its answer */
  ask(type: number, ...fields: Buffer[]): Promise<Reply>;
  status(type: number, ...fields: Buffer[]): Promise<StatusReply>;
  /** Sends what `act` asks in one piece, so that the server has all of it at once. */
  together<T>(act: () => T): T;
  open(path: string, flags: number): Promise<Buffer>;
  write(handle: Buffer, offset: number, data: Buffer | string): Promise<StatusReply>;
  /** Undefined at the end. */
  read(handle: Buffer, offset: number, sizeBytes: number): Promise<Buffer | undefined>;
  close(handle: Buffer): Promise<StatusReply>;
  sizeOf(path: string): Promise<number>;
  names(path: string): Promise<string[]>;
  end(): Promise<void>;
}

export interface RawOptions {
  readonly login?: string;
  /** In place of the password. */
  readonly config?: Partial<ConnectConfig>;
  /** False leaves out INIT. */
  readonly greets?: boolean;
}

export async function connectRaw(door: TestSftpDoor, options: RawOptions = {}): Promise<RawClient> {
  const { ssh, socket } = await connectSsh(door, options);
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    ssh.subsys('sftp', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  return driveChannel(ssh, socket, channel, options.greets ?? true);
}

/** Signs in, by password unless told. Rejects with ssh2's error when refused. */
export async function connectSsh(
  door: TestSftpDoor,
  { login = PEOPLE.claire.login, config }: RawOptions = {},
): Promise<{ ssh: Client; socket: Socket }> {
  const socket = connect(door.port, '127.0.0.1');
  socket.on('error', () => {});
  const ssh = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    ssh.once('ready', resolve);
    ssh.on('error', reject);
    ssh.once('close', () => reject(new Error('closed')));
    ssh.connect({ sock: socket, username: login, ...(config ?? { password: door.password }) });
  });
  return { ssh, socket };
}

async function driveChannel(
  ssh: Client,
  socket: Socket,
  channel: ClientChannel,
  greets: boolean,
): Promise<RawClient> {
  const packets = createPacketSplitter();
  const waiting = new Map<number, (reply: Reply) => void>();
  const answeredIds: number[] = [];
  let nextId = 1;
  let held: Buffer[] | undefined;
  let greeted = () => {};
  const isGreeted = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  channel.on('data', (chunk: Buffer) => {
    packets.push(chunk);
    for (let packet = packets.next(); packet; packet = packets.next()) {
      const fields = createFieldReader(packet);
      const type = fields.uint8();
      if (type === PacketType.VERSION) {
        greeted();
        continue;
      }
      const id = fields.uint32();
      answeredIds.push(id);
      waiting.get(id)?.({ type, id, fields });
      waiting.delete(id);
    }
  });
  if (greets) {
    channel.write(encodePacket(PacketType.INIT, uint32(3)));
    await isGreeted;
  }

  function ask(type: number, ...fields: Buffer[]): Promise<Reply> {
    const id = nextId;
    nextId += 1;
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    const packet = encodePacket(type, uint32(id), ...fields);
    if (held) held.push(packet);
    else channel.write(packet);
    return reply;
  }

  async function status(type: number, ...fields: Buffer[]): Promise<StatusReply> {
    return readStatus(await ask(type, ...fields));
  }

  return {
    ssh,
    socket,
    channel,
    answeredIds,
    ask,
    status,
    together(act) {
      held = [];
      const result = act();
      channel.write(Buffer.concat(held));
      held = undefined;
      return result;
    },
    open: async (path, flags) =>
      readHandle(await ask(PacketType.OPEN, string(path), uint32(flags), NO_ATTRIBUTES)),
    write: (handle, offset, data) => status(PacketType.WRITE, string(handle), uint64(offset), string(data)),
    async read(handle, offset, sizeBytes) {
      const reply = await ask(PacketType.READ, string(handle), uint64(offset), uint32(sizeBytes));
      return reply.type === PacketType.DATA ? Buffer.from(reply.fields.string()) : expectEnd(reply);
    },
    close: (handle) => status(PacketType.CLOSE, string(handle)),
    sizeOf: async (path) => readSize(await ask(PacketType.STAT, string(path))),
    async names(path) {
      const handle = readHandle(await ask(PacketType.OPENDIR, string(path)));
      const names: string[] = [];
      for (;;) {
        const reply = await ask(PacketType.READDIR, string(handle));
        if (reply.type !== PacketType.NAME) break;
        names.push(...readNames(reply).map(({ name }) => name));
      }
      await status(PacketType.CLOSE, string(handle));
      return names;
    },
    async end() {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      ssh.end();
      if (!socket.closed) await closed;
    },
  };
}

export function encodePacket(type: number, ...fields: Buffer[]): Buffer {
  const body = Buffer.concat([uint8(type), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
}

export function readStatus({ type, fields }: Reply): StatusReply {
  if (type !== PacketType.STATUS) throw new Error(`Packet ${type} instead of a status.`);
  return { code: fields.uint32(), text: fields.string().toString() };
}

export function readHandle(reply: Reply): Buffer {
  if (reply.type !== PacketType.HANDLE) throw new Error(`No handle: ${JSON.stringify(readStatus(reply))}`);
  return Buffer.from(reply.fields.string());
}

export function readSize(reply: Reply): number {
  if (reply.type !== PacketType.ATTRS) throw new Error(`No attributes: ${JSON.stringify(readStatus(reply))}`);
  reply.fields.uint32();
  return Number(reply.fields.uint64());
}

export interface NameReply {
  readonly name: string;
  readonly longname: string;
  readonly sizeBytes: number;
}

export function readNames({ fields }: Reply): NameReply[] {
  return Array.from({ length: fields.uint32() }, () => {
    const name = fields.string().toString();
    const longname = fields.string().toString();
    fields.uint32();
    const sizeBytes = Number(fields.uint64());
    for (let index = 0; index < 5; index += 1) fields.uint32();
    return { name, longname, sizeBytes };
  });
}

function expectEnd(reply: Reply): undefined {
  const { code, text } = readStatus(reply);
  if (code !== 1) throw new Error(`Status ${code}: ${text}`);
  return undefined;
}
