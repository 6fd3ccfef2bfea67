import type { IncomingMessage } from 'node:http';
import { StorageError } from '../storage/index.js';
import { HttpStatus } from './http-status.js';
import { Refusal } from './refusal.js';

/** Fields of a query or a form, each exactly once. */
export type Fields = ReadonlyMap<string, string>;

/** A request without a form. */
export const NO_FIELDS: Fields = new Map();

const MAX_FORM_BYTES = 65_536;
const MAX_FIELDS = 100;
const FIELD_NAME = /^[a-z][a-z-]{0,39}$/u;

/** Reads a urlencoded body of at most 64 KiB. @throws StorageError too-large; Refusal as parseFields, and for another type of body */
export async function readForm(request: IncomingMessage): Promise<Fields> {
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/iu.test(request.headers['content-type'] ?? ''))
    throw new Refusal('cross-site', HttpStatus.forbidden);
  return parseFields((await readBody(request, MAX_FORM_BYTES)).toString('utf8'));
}

/** Reads a small body. @throws StorageError too-large */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new StorageError('too-large', 'The form is larger than a page may send.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws Refusal bad-request for a name that comes twice, an array's name (`a[]`), or more than 100 fields */
export function parseFields(text: string): Fields {
  return collect(new URLSearchParams(text));
}

/** As parseFields, but names that are not ours are passed over: mail programs add their own to links. @throws Refusal likewise */
export function parseQuery(text: string): Fields {
  return collect([...new URLSearchParams(text)].filter(([name]) => FIELD_NAME.test(name)));
}

function collect(pairs: Iterable<[string, string]>): Fields {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (fields.has(name) || !FIELD_NAME.test(name) || fields.size === MAX_FIELDS)
      throw new Refusal('bad-request', HttpStatus.badRequest);
    fields.set(name, value);
  }
  return fields;
}
