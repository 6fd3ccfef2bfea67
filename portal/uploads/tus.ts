import { type Locker, Server } from '@tus/server';
import { formatDigest, parseDigest } from '../../protocols/digests.js';
import { STATUS } from '../../protocols/status.js';
import { type FileEntry, isStorageError, StorageError } from '../../storage/index.js';
import { explain } from '../../web/explain.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { fileAddress, UPLOADS_PATH } from '../addresses.js';
import type { OpenUploads } from './open-uploads.js';
import { createUploadLocks } from './upload-locks.js';
import { UploadStore } from './upload-store.js';

/** A request that another one waits for is cut off after so long. */
const DRAIN_MS = 500;

/**
 * Resumable uploads from the browser (tus 1.0.0 with creation, creation-with-upload and termination). A refusal's body is the
 * `Explanation` of web/explain.ts as JSON. The answer to the last byte names the file's page and bears its digest.
 */
export function tusRoutes(uploads: OpenUploads): readonly Route[] {
  const locker = createUploadLocks();
  const handle = (visit: MemberVisit) => serve(visit, uploads, locker);
  const common = { act: 'upload', access: 'member', asker: 'script', handle } as const;
  return [
    { ...common, method: 'POST', path: UPLOADS_PATH },
    { ...common, method: 'HEAD', path: `${UPLOADS_PATH}/:id` },
    { ...common, method: 'PATCH', path: `${UPLOADS_PATH}/:id` },
    { ...common, method: 'DELETE', path: `${UPLOADS_PATH}/:id` },
  ];
}

async function serve(visit: MemberVisit, uploads: OpenUploads, locker: Locker): Promise<Answer> {
  const { request, response, words } = visit;
  let fault: { readonly error: unknown } | undefined;
  const datastore = new UploadStore({
    workspace: visit.context.storage.open(visit.session),
    uploads,
    expectedSha256: promisedSha256(request),
    onStored: (file) => {
      for (const [name, value] of Object.entries(proofOf(file))) response.setHeader(name, value);
    },
  });
  const server = new Server({
    path: UPLOADS_PATH,
    datastore,
    locker,
    lockDrainTimeout: DRAIN_MS,
    relativeLocation: true,
    // Our own pages alone: no header lets another site read an answer.
    allowedOrigins: [],
    onResponseError: (_request, error) => {
      if (isStorageError(error)) {
        const body = JSON.stringify(explain(error, words));
        return { status_code: STATUS[error.code].http, body };
      }
      if (error instanceof Error) fault = { error };
      return undefined;
    },
  });
  await server.handle(request, response);
  // Told to the client already; the log hears of it above.
  if (fault) throw fault.error;
  return { kind: 'delivered' };
}

/** What proves the deposit. */
function proofOf(file: FileEntry): Record<string, string> {
  return {
    'Repr-Digest': formatDigest(file.sha256),
    'Content-Location': fileAddress(file.id),
  };
}

/** @throws StorageError invalid-input for a promise that cannot be read: it is not passed over, as on the other doors */
function promisedSha256({ headers }: MemberVisit['request']): string | undefined {
  const sha256 = parseDigest(headers['repr-digest']);
  if (sha256 === null) throw new StorageError('invalid-input', 'The sha-256 digest is not well-formed.');
  return sha256;
}
