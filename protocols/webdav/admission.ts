import type { IncomingMessage } from 'node:http';
import { isStorageError, type Origin, type Session, type Storage } from '../../storage/index.js';
import { CHALLENGE, isOfficeDiscovery, readBasicCredentials } from './authentication.js';
import { HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import type { Target } from './request-path.js';

/**
 * Signs a request in by its Basic credentials; every request bears them, storage remembers those it has verified.
 * @throws HttpProblem 401, the same for every reason; StorageError throttled or unavailable
 */
export async function signIn(storage: Storage, request: IncomingMessage, address: string): Promise<Session> {
  const credentials = readBasicCredentials(request);
  if (!credentials) throw unauthenticated();
  const userAgent = request.headers['user-agent'];
  const origin: Origin = { door: 'webdav', address, ...(userAgent === undefined ? {} : { userAgent }) };
  try {
    return await storage.authenticate({ kind: 'password', ...credentials }, origin);
  } catch (error) {
    throw isStorageError(error, 'unauthenticated') ? unauthenticated() : error;
  }
}

/** The challenge that makes a client ask its user, or send what it knows (RFC 7617). */
export function unauthenticated(): HttpProblem {
  return new HttpProblem(HttpStatus.unauthorized, 'Sign-in required.', {
    headers: { 'WWW-Authenticate': CHALLENGE },
  });
}

/** What is answered to anybody, as it tells no more than the methods: OPTIONS of the host's root, and by Office of anything. */
export function isOpenToAll(request: IncomingMessage, target: Target): boolean {
  return request.method === 'OPTIONS' && (target.kind === 'host' || isOfficeDiscovery(request));
}
