import { describe, expect, test } from 'vitest';
import { DeliveryError, type Letter } from '../../../server/mail/mailer.js';
import { writeLetter } from '../../../server/mail/templates/letter.js';
import { composeLetter } from '../../../server/mail/transport.js';
import { claimedMail, INTENTS, NOW, SETTINGS } from './fixtures.js';

const letter = (change: Partial<Letter> = {}): Letter => ({
  ...writeLetter(claimedMail(INTENTS['group-deposits']), SETTINGS, NOW),
  ...change,
});

/** Header lines, unfolded, by name. */
async function headersOf(change: Partial<Letter>): Promise<Map<string, string[]>> {
  const { bytes } = await composeLetter(letter(change));
  const [head = ''] = bytes.toString('latin1').split('\r\n\r\n');
  const headers = new Map<string, string[]>();
  for (const line of head.replace(/\r\n[ \t]+/gu, ' ').split('\r\n')) {
    const [name = '', ...value] = line.split(':');
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value.join(':').trim()]);
  }
  return headers;
}

describe('a letter as it travels', () => {
  test('has the headers of a machine’s mail, each once, and no others', async () => {
    const headers = await headersOf({});
    expect([...headers.keys()].sort()).toEqual([
      'auto-submitted',
      'content-language',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-auto-response-suppress',
    ]);
    for (const [name, values] of headers) expect([name, values.length]).toEqual([name, 1]);
    expect(headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(headers.get('message-id')).toEqual(['<01978f4e-0000-7000-8000-000000000001@peps>']);
    expect(headers.get('date')).toEqual(['Tue, 30 Jun 2026 07:12:00 +0000']);
    expect(headers.get('content-type')?.[0]).toContain('multipart/alternative');
  });

  test('is the same, byte for byte, whenever it is sent again', async () => {
    const strip = (bytes: Buffer) =>
      bytes
        .toString()
        .replace(/--_NmP-[\w-]+/gu, '--')
        .replace(/boundary="[^"]+"/u, '');
    const [first, second] = await Promise.all([composeLetter(letter()), composeLetter(letter())]);
    expect(strip(first.bytes)).toBe(strip(second.bytes));
  });

  test('goes to one address only', async () => {
    expect(await composeLetter(letter())).toMatchObject({
      from: 'peps@caf.example.org',
      to: 'nadia.benali@lutins.example.org',
    });
  });

  const BREAKS = ['\r\n', '\n', '\r', '\u2028', '\u0000', '\r\n\r\n', '\v'];
  test.each(BREAKS.map((text) => [JSON.stringify(text), text]))(
    '%s in a name or subject adds no header',
    async (_, text) => {
      const injected = `a${text}Bcc: thief@example.org${text}${text}b`;
      const headers = await headersOf({
        subject: injected,
        to: { address: 'a@example.org', name: injected },
      });
      expect(headers.has('bcc')).toBe(false);
      expect(headers.size).toBe(10);
      const { to } = await composeLetter(letter({ to: { address: 'a@example.org', name: injected } }));
      expect(to).toBe('a@example.org');
    },
  );

  test.each([
    'a@example.org\r\nRCPT TO:<thief@example.org>',
    'a@example.org, thief@example.org',
    '"a@evil.example x"@example.org',
    'a@example.org (comment)',
    'group: a@example.org;',
    '<a@example.org>',
    'a@b@example.org',
    'a example.org',
    '@example.org',
    'a@',
    '',
  ])('the address %j is refused for good', async (address) => {
    const refusal = await composeLetter(letter({ to: { address, name: 'A' } })).catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(DeliveryError);
    expect(refusal).toMatchObject({ isPermanent: true });
  });

  test('a subject of a thousand characters stays short lines', async () => {
    const { bytes } = await composeLetter(letter({ subject: 'é'.repeat(1000) }));
    expect(
      Math.max(
        ...bytes
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
  });
});
