import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { isStorageError, StorageError } from '../../storage/index.js';

const LIMITS = { files: 100, fields: 10, parts: 110, fieldSize: 1024, headerPairs: 20 };

/** Takes one file of the form; its bytes must be read to their end, or the form goes no further. */
export type TakeFile = (name: string, bytes: Readable, fields: ReadonlyMap<string, string>) => Promise<void>;

/**
 * Reads a multipart form of at most 100 files, one after the other, as they arrive. Fields count for the files behind them.
 * @throws StorageError invalid-input for what is no such form or has more parts, and what `take` throws
 */
export async function readFiles(request: IncomingMessage, take: TakeFile): Promise<void> {
  const fields = new Map<string, string>();
  let turn: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      request.unpipe(parser);
      request.resume();
      reject(
        isStorageError(error)
          ? error
          : new StorageError('invalid-input', 'The form is not what it should be.', { cause: error }),
      );
    };
    const parser = openParser(request);
    parser.on('field', (name, value) => fields.set(name, value));
    parser.on('file', (_field, bytes, { filename = '' }) => {
      // A browser sends an empty part where nothing was chosen.
      if (filename === '') return void bytes.resume();
      // Whoever reads it hears of a broken form as well; an unread one would end the process.
      bytes.on('error', () => undefined);
      turn = turn.then(() => take(filename, bytes, fields));
      turn.catch(fail);
      return undefined;
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
      parser.on(limit, () => fail(new Error('The form has too many parts.')));
    parser.on('error', fail);
    request.on('aborted', () => fail(new StorageError('aborted', 'The browser went away.')));
    parser.on('close', () => void turn.then(resolve, fail));
    request.pipe(parser);
  });
}

function openParser({ headers }: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers, limits: LIMITS, defParamCharset: 'utf8' });
  } catch (error) {
    throw new StorageError('invalid-input', 'The form holds no files.', { cause: error });
  }
}
