import { DetailedError, type HttpRequest, type HttpResponse, Upload } from 'tus-js-client';
import type { Failure, Sending, SendingEvents, SendOptions } from '../uploads/items.js';

export { judge, makeFolders } from '../uploads/asking.js';
export { askAboutClashes, askToSignIn } from '../uploads/dialogs.js';

const ENDPOINT = '/depots/envois';
/** One request carries so much at most: a longer one could not be told the digest of what it sends. */
const CHUNK_BYTES = 64 * 1024 * 1024;
/** The last request waits for the digest: with little left to send, reading and sending have gone side by side until then. */
const LAST_BYTES = 256 * 1024;
/** Less than this the server does not keep for later either. */
const RESUMABLE_BYTES = 1024 * 1024;
/** Busy, or in between two requests: asked again later. */
const PASSING_STATUSES = [423, 429, 500, 502, 503, 504];

/** Sends one file by tus, from where an earlier attempt stopped, be it yesterday's. Every end is told by exactly one event. */
export function send({ item, accountId, digest }: SendOptions, events: SendingEvents): Sending {
  const { file, path, clash } = item;
  let proof: string | undefined;
  let refusal: HttpResponse | undefined;
  let isStopped = false;
  const upload = new Upload(file, {
    endpoint: new URL(ENDPOINT, location.href).href,
    chunkSize: chunkBytes(file.size),
    retryDelays: null,
    // A long one begins with a request of its own: were it cut in its first, nobody would know where to go on.
    uploadDataDuringCreation: file.size < RESUMABLE_BYTES,
    metadata: { path, clash, modified: String(file.lastModified) },
    fingerprint: async () => ['peps', accountId, path, file.size, file.lastModified].join('|'),
    storeFingerprintForResuming: file.size >= RESUMABLE_BYTES,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: async (request) => {
      if (digest !== null && isLast(request, file.size))
        request.setHeader('Repr-Digest', field(await digest));
    },
    onAfterResponse: (request, response) => {
      // The library begins anew after whatever refusal of a HEAD; that is right only where the upload is gone.
      if (request.getMethod() === 'HEAD' && ![200, 204, 404, 410].includes(response.getStatus())) {
        refusal = response;
        throw new Error('The server does not tell how far the upload has come.');
      }
      proof = response.getHeader('Repr-Digest') ?? proof;
    },
    onProgress: (sentBytes) => events.progress(sentBytes),
    onSuccess: async () => {
      if (!isStopped) events.done(digest !== null && proof === field(await digest));
    },
    onError: (error) => {
      if (!isStopped) events.failed(failureOf(error, refusal));
    },
  });
  const begun = findEarlier(upload).then(
    () => {
      if (!isStopped) upload.start();
    },
    (error) => events.failed(failureOf(error)),
  );
  const stop = (isForGood: boolean) => {
    isStopped = true;
    // Where nothing answers there is nothing to take back: the server forgets it by itself.
    begun.then(() => upload.abort(isForGood)).catch(() => undefined);
  };
  return { pause: () => stop(false), cancel: () => stop(true) };
}

async function findEarlier(upload: Upload): Promise<void> {
  const [previous] = await upload.findPreviousUploads();
  if (previous) upload.resumeFromPreviousUpload(previous);
}

/** The request after which the file is whole. */
function isLast(request: HttpRequest, sizeBytes: number): boolean {
  const method = request.getMethod();
  if (method !== 'POST' && method !== 'PATCH') return false;
  return Number(request.getHeader('Upload-Offset') ?? 0) + chunkBytes(sizeBytes) >= sizeBytes;
}

/** RFC 9530: `sha-256=:…:`. */
function field(hex: string): string {
  const bytes = hex.match(/../gu)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

function failureOf(error: Error, refusal?: HttpResponse): Failure {
  const response = error instanceof DetailedError ? (error.originalResponse ?? refusal) : undefined;
  // A file that changed or went away under the browser's hands fails without any request.
  if (!(error instanceof DetailedError)) return { kind: 'refused', sentence: '' };
  if (!response) return { kind: 'network', sentence: '' };
  const { code, sentence } = explanationOf(response);
  const status = response.getStatus();
  if (status === 401) return { kind: 'signed-out', sentence };
  if (status === 409) return { kind: code === 'already-exists' ? 'taken' : 'network', sentence };
  return { kind: PASSING_STATUSES.includes(status) ? 'network' : 'refused', sentence };
}

function explanationOf(response: HttpResponse): { readonly code?: string; readonly sentence: string } {
  try {
    const { code, sentence } = JSON.parse(response.getBody());
    return { code, sentence: sentence ?? '' };
  } catch {
    return { sentence: '' };
  }
}

/** As large as may be, so that a file sent from its beginning ends with a short request. */
function chunkBytes(sizeBytes: number): number {
  const before = sizeBytes - LAST_BYTES;
  return before <= LAST_BYTES ? CHUNK_BYTES : Math.ceil(before / Math.ceil(before / CHUNK_BYTES));
}
