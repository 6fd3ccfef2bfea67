import type { IncomingMessage } from 'node:http';
import type { PutOptions, Upload } from '../../../storage/index.js';
import { httpDate } from '../../http-date.js';
import { sendEmpty } from '../answers.js';
import { readPromisedSha256 } from '../digests.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { readByteCount } from '../headers.js';
import { badRequest, HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { conditionsOf } from '../preconditions.js';
import { bodyOf } from '../request-body.js';

/**
 * PUT (RFC 9110 section 9.3.4): streams the body into a deposit, published only when the request came to its end and has
 * the size and digest it promised. A zero-byte body makes the placeholder that Explorer and Finder begin with.
 */
export async function put(exchange: Exchange): Promise<void> {
  const { request, response, workspace } = exchange;
  const path = pathOfTarget(exchange);
  assertWholeFile(request);
  const options = readOptions(request);
  const conditions = await conditionsOf(exchange);
  const upload = await workspace.put(path, { ...options, ...conditions });
  const entry = await receive(exchange, upload);
  sendEmpty(response, entry.replaced ? HttpStatus.noContent : HttpStatus.created, {
    ETag: entry.etag,
    'Last-Modified': httpDate(entry.modifiedAt),
    ...(options.modifiedAt ? { 'X-OC-Mtime': 'accepted' } : {}),
  });
}

async function receive(exchange: Exchange, upload: Upload): ReturnType<Upload['commit']> {
  try {
    let sizeBytes = 0;
    for await (const chunk of bodyOf(exchange)) {
      await upload.write(chunk, sizeBytes);
      sizeBytes += chunk.length;
    }
    return await upload.commit();
  } catch (error) {
    await upload.abort(error);
    throw error;
  }
}

/** @throws HttpProblem 400 for a part (RFC 9110 section 14.5), 415 for an encoding whose bytes would be stored as they are */
function assertWholeFile({ headers }: IncomingMessage): void {
  if (headers['content-range'] !== undefined) throw badRequest('PUT takes whole files, not ranges.');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && !/^identity$/iu.test(encoding))
    throw new HttpProblem(HttpStatus.unsupportedMediaType, 'PUT takes no Content-Encoding.');
}

function readOptions(request: IncomingMessage): PutOptions {
  const declaredSizeBytes = readDeclaredSize(request);
  const expectedSha256 = readPromisedSha256(request.headers);
  const modifiedAt = readModificationTime(request.headers['x-oc-mtime']);
  return {
    base: 'empty',
    mode: 'create-or-replace',
    reservesIfEmpty: true,
    // Who waits for 100 Continue wants to hear of a refusal before sending.
    isBrief: request.headers.expect === undefined,
    ...(declaredSizeBytes === undefined ? {} : { declaredSizeBytes }),
    ...(expectedSha256 === undefined ? {} : { expectedSha256 }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  };
}

/** Content-Length, or what Finder announces beside a chunked body. @throws HttpProblem 400 when they differ */
function readDeclaredSize(request: IncomingMessage): number | undefined {
  const length = readByteCount(request, 'content-length');
  const expected = readByteCount(request, 'x-expected-entity-length');
  if (length !== undefined && expected !== undefined && length !== expected)
    throw badRequest('Content-Length and X-Expected-Entity-Length differ.');
  return length ?? expected;
}

/** Seconds since 1970, as ownCloud's clients and rclone send the file's own date. */
function readModificationTime(header: string | readonly string[] | undefined): Date | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,11}(\.\d+)?$/u.test(String(header)) ? Number(header) : Number.NaN;
  if (Number.isNaN(seconds)) throw badRequest('X-OC-Mtime must be seconds since 1970.');
  return new Date(seconds * 1000);
}
