import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uint32 } from '../../../protocols/sftp/wire.js';
import { connectRaw } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

/* Bytes before the sign-in that are not, or nearly, SSH (RFC 4253 sections 4.2, 6 and 7). */

const CASES = 5000;
const AT_ONCE = 32;

let door: TestSftpDoor;
beforeAll(async () => {
  door = await openSftpDoor({ graceMs: 2000 });
});
afterAll(() => door.close());

const LISTS = [
  'curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com',
  'ssh-ed25519',
  'aes128-gcm@openssh.com',
  'aes128-gcm@openssh.com',
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-256-etm@openssh.com',
  'none',
  'none',
  '',
  '',
];

function nameList(text: string): Buffer {
  return Buffer.concat([uint32(text.length), Buffer.from(text)]);
}

/** A binary packet without encryption: length, padding length, payload, padding. */
function packet(payload: Buffer): Buffer {
  const short = 8 - ((payload.length + 5) % 8);
  const padding = short < 4 ? short + 8 : short;
  return Buffer.concat([
    uint32(payload.length + padding + 1),
    Buffer.from([padding]),
    payload,
    Buffer.alloc(padding),
  ]);
}

const BANNER = Buffer.from('SSH-2.0-Test\r\n');
/** A good beginning: the identification and a KEXINIT. */
const HELLO: Buffer = Buffer.concat([
  BANNER,
  packet(Buffer.concat([Buffer.from([20]), Buffer.alloc(16, 7), ...LISTS.map(nameList), Buffer.alloc(5)])),
]);
const bytes = (maxLength: number) =>
  fc.uint8Array({ minLength: 1, maxLength }).map((array) => Buffer.from(array));

function cases(): fc.Arbitrary<Buffer> {
  const anything = bytes(400);
  const identification = fc
    .constantFrom(
      'SSH-1.5-x\r\n',
      'SSH-2.0\r\n',
      'SSH-2.0-\r\n',
      `SSH-2.0-${'x'.repeat(300)}\r\n`,
      `${'x'.repeat(9000)}\n`,
      'SSH-1.99-x\n',
      '\0\r\n',
      'GET / HTTP/1.1\r\n\r\n',
    )
    .map((text) => Buffer.from(text));
  const packets = fc
    .array(fc.tuple(fc.nat(255), bytes(200)), { minLength: 1, maxLength: 4 })
    .map((list) =>
      Buffer.concat([
        BANNER,
        ...list.map(([type, rest]) => packet(Buffer.concat([Buffer.from([type]), rest]))),
      ]),
    );
  const framing = fc
    .tuple(fc.constantFrom(0, 1, 4, 5, 11, 35_000, 40_000, 0x7fffffff, 0xffffffff), fc.nat(255), bytes(60))
    .map(([length, padding, rest]) => Buffer.concat([BANNER, uint32(length), Buffer.from([padding]), rest]));
  const mutated = fc
    .array(fc.tuple(fc.constantFrom('turn', 'drop', 'double', 'end'), fc.nat(), bytes(6)), {
      minLength: 1,
      maxLength: 3,
    })
    .map((acts) =>
      acts.reduce<Buffer>(
        (now, [act, place, piece]) => change(now, act, place % Math.max(1, now.length), piece),
        HELLO,
      ),
    );
  return fc.oneof(anything, identification, packets, framing, { weight: 3, arbitrary: mutated });
}

function change(now: Buffer, act: string, at: number, piece: Buffer): Buffer {
  const [head, tail] = [now.subarray(0, at), now.subarray(at)];
  if (act === 'turn') return Buffer.concat([head, piece, tail.subarray(piece.length)]);
  if (act === 'drop') return Buffer.concat([head, tail.subarray(piece.length)]);
  if (act === 'double') return Buffer.concat([head, tail.subarray(0, 40), tail]);
  return head;
}

let count = 0;

/** Sends them from an address of their own, half-closes, and waits for the other side's end. */
async function sendAndHangUp(sent: Buffer): Promise<void> {
  count += 1;
  const localAddress = `127.2.${count % 250}.${1 + (Math.floor(count / 250) % 250)}`;
  const socket = connect({ port: door.port, host: '127.0.0.1', localAddress }, () => socket.end(sent));
  socket.on('error', () => {}).resume();
  await once(socket, 'close').catch(() => undefined);
}

test('a good beginning is answered and waited for', async () => {
  const socket = connect(door.port, '127.0.0.1', () => socket.write(HELLO));
  let heard = 0;
  socket.on('data', (chunk) => {
    heard += chunk.length;
  });
  await expect.poll(() => heard).toBeGreaterThan(300);
  expect(socket.closed).toBe(false);
  socket.destroy();
});

test('5,000 beginnings that are not SSH, or nearly, end their connection and leave the door standing', async () => {
  const seed = Date.now() % 2 ** 31;
  const all = fc.sample(cases(), { numRuns: CASES, seed }).values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of all) await sendAndHangUp(one);
    }),
  );
  expect({ seed, errors: door.logged.filter(({ level }) => level === 'error') }).toEqual({
    seed,
    errors: [],
  });
  const client = await connectRaw(door);
  expect(await client.sizeOf('/')).toBe(0);
  await client.end();
}, 120_000);
