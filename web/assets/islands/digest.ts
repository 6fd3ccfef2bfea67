import { sha256 } from '@noble/hashes/sha2.js';

/** A worker: reads files one after the other and answers with their SHA-256. WebCrypto would need a file whole in memory. */
interface Question {
  readonly id: number;
  readonly file: File;
}

let turn: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  turn = turn.then(() => answer(data));
});

async function answer({ id, file }: Question): Promise<void> {
  try {
    const hash = sha256.create();
    const reader = file.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
    }
    postMessage({ id, digest: hex(hash.digest()) });
  } catch {
    postMessage({ id });
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
