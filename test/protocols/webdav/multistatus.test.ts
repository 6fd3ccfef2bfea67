import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createMultistatus, type Multistatus } from '../../../protocols/webdav/multistatus.js';
import { isStorageError } from '../../../storage/index.js';

const ELEMENT = `<D:response>${'x'.repeat(10_000)}</D:response>`;

/** Lets `write` answer a client that has asked, and hands over that client. */
async function answerBy(write: (answer: Multistatus) => Promise<void>): Promise<Socket> {
  const server = createServer((_request, response) => void write(createMultistatus(response))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  client.on('error', () => {}).on('close', () => server.close());
  client.write('PROPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  return client;
}

describe('a multistatus', () => {
  test('that is short leaves in one piece, of known length', async () => {
    const client = await answerBy(async (answer) => {
      await answer.write(ELEMENT);
      answer.end();
    });
    const received = await text(client);
    expect(received).toMatch(/^HTTP\/1\.1 207 Multi-Status\r\n/u);
    expect(received).toMatch(/Content-Length: \d{5}\r\n/u);
  });

  test('is never written faster than it is read', async () => {
    let written = 0;
    const client = await answerBy(async (answer) => {
      for (; written < 3000; written++) await answer.write(ELEMENT);
      answer.end();
    });
    client.pause();
    await wait(300);
    const before = written;
    await wait(300);
    expect([written, written < 3000]).toEqual([before, true]);
    const received = await text(client);
    expect(received.match(/<D:response>/gu)).toHaveLength(3000);
  });

  test('ends with its reader', async () => {
    let failure: unknown;
    const client = await answerBy(async (answer) => {
      try {
        for (;;) await answer.write(ELEMENT);
      } catch (error) {
        failure = error;
      }
    });
    client.pause();
    await wait(300);
    client.resetAndDestroy();
    await vi.waitFor(() => expect(isStorageError(failure, 'aborted')).toBe(true));
  });
});
