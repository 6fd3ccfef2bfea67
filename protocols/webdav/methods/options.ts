import type { ServerResponse } from 'node:http';
import { sendEmpty } from '../answers.js';
import { ALLOWED_METHODS, HttpStatus } from '../http-status.js';
import { type Body, endOf } from '../request-body.js';

/** OPTIONS (RFC 9110 section 9.3.7, RFC 4918 section 10.1): the same for every resource, also for one that is absent. */
export async function options(exchange: Body): Promise<void> {
  await endOf(exchange);
  sendCapabilities(exchange.response);
}

/** Says that this is a WebDAV server with locks: without class 2 and MS-Author-Via, Finder and Office only read. */
function sendCapabilities(response: ServerResponse): void {
  sendEmpty(response, HttpStatus.ok, {
    DAV: '1, 2',
    'MS-Author-Via': 'DAV',
    Allow: ALLOWED_METHODS,
  });
}
