import { describe, expect, test } from 'vitest';
import { createLogger } from '../../server/logger.js';
import { createFakeClock } from '../support/fake-clock.js';

function openLog() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'info', clock: createFakeClock() }, destination);
  return { logger, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('a line of the log', () => {
  test('holds level, time, service, fields and message', () => {
    const { logger, last } = openLog();
    logger.info({ door: 'webdav', status: 200 }, 'request');
    expect(last()).toEqual({
      level: 'info',
      time: createFakeClock().now().toISOString(),
      service: 'peps',
      door: 'webdav',
      status: 200,
      msg: 'request',
    });
  });

  test.each(['password', 'token', 'secret', 'cookie', 'authorization', 'set-cookie', 'smtpUrl', 'pass'])(
    'masks %s, wherever it lies down to the third level',
    (name) => {
      const { logger, last } = openLog();
      logger.info({ [name]: 'x1', a: { [name]: 'x2', b: { [name]: 'x3', kept: 1 } }, c: [{ [name]: 'x4' }] });
      const masked = { [name]: '••••••' };
      expect(last()).toMatchObject({ ...masked, a: { ...masked, b: { ...masked, kept: 1 } }, c: [masked] });
    },
  );

  test.each(['error', 'err'])('masks what an error bears along, as %s', (name) => {
    const { logger, last } = openLog();
    const error = Object.assign(new Error('refused'), { smtpUrl: 'smtp://a:b@c', sent: { pass: 'b' } });
    logger.error({ [name]: error }, 'mail');
    expect(last()[name]).toMatchObject({ type: 'Error', message: 'refused', smtpUrl: '••••••' });
    expect(last()[name].sent).toEqual({ pass: '••••••' });
    expect(error.sent.pass).toBe('b');
  });

  test.each(['text', null, 7])('takes %j for an error: anything can be thrown', (thrown) => {
    const { logger, last } = openLog();
    logger.error({ error: thrown }, 'odd');
    expect(last()).toMatchObject({ error: thrown, msg: 'odd' });
  });
});
