import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { StorageError } from '../../storage/index.js';
import { XML_TYPE } from './answers.js';
import { HttpStatus } from './http-status.js';
import { WINDOWS_NAMESPACE } from './properties.js';
import { DAV_NAMESPACE } from './xml.js';

const BATCH_CHARACTERS = 64 * 1024;
// Prefixes are declared here once and used everywhere: Windows reads no default namespace for DAV:.
const START = `<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="${DAV_NAMESPACE}" xmlns:Z="${WINDOWS_NAMESPACE}">
`;
const END = '</D:multistatus>\n';

/** Writes a 207 answer piece by piece, never faster than the client reads. */
export interface Multistatus {
  /** Takes one whole response element; undefined when there is nothing to wait for. @throws StorageError aborted when the client went away */
  write(element: string): Promise<void> | undefined;
  end(): void;
}

/** Nothing leaves before 64 KiB are together or the end is reached, so an early error can still become a proper answer. */
export function createMultistatus(response: ServerResponse): Multistatus {
  let batch = START;
  const head = () => {
    if (!response.headersSent) response.writeHead(HttpStatus.multiStatus, { 'Content-Type': XML_TYPE });
  };
  return {
    write(element) {
      batch += element;
      if (batch.length < BATCH_CHARACTERS) return undefined;
      head();
      const ready = batch;
      batch = '';
      return writeSlowly(response, ready);
    },
    end() {
      const rest = Buffer.from(batch + END);
      if (!response.headersSent) response.setHeader('Content-Length', rest.length);
      head();
      response.end(rest);
    },
  };
}

async function writeSlowly(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw gone();
  if (response.write(text)) return;
  const left = new AbortController();
  const onClose = () => left.abort();
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: left.signal });
  } catch {
    throw gone();
  } finally {
    response.off('close', onClose);
  }
}

function gone(): StorageError {
  return new StorageError('aborted', 'The client went away.', { reason: 'interrupted' });
}
