/** Reading a file twice has its price: above this only the server's own digest is told. */
const MAX_BYTES = 1024 ** 3;

type Answer = { readonly id: number; readonly digest?: string };

let worker: Worker | undefined;
let nextId = 0;
const waiting = new Map<number, { resolve(digest: string): void; reject(error: Error): void }>();

/** The lower-case hexadecimal SHA-256 of a file, read by a worker; null beyond 1 GiB. Rejects for a file that cannot be read. */
export function digestOf(file: File, workerUrl: string): Promise<string> | null {
  if (file.size > MAX_BYTES) return null;
  worker ??= start(workerUrl);
  const id = nextId++;
  const digest = new Promise<string>((resolve, reject) => waiting.set(id, { resolve, reject }));
  // Whoever sends hears of it; nobody may be sending any more.
  digest.catch(() => undefined);
  worker.postMessage({ id, file });
  return digest;
}

function start(url: string): Worker {
  const started = new Worker(url, { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.digest === undefined) asked?.reject(new Error('The file cannot be read.'));
    else asked?.resolve(data.digest);
  });
  return started;
}
