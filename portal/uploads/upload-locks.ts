import type { Lock, Locker, RequestRelease } from '@tus/server';
import { StorageError } from '../../storage/index.js';

const WAIT_MS = 10_000;

interface Waiter {
  readonly admit: () => void;
}

interface Held {
  readonly letGo: RequestRelease;
  readonly waiting: Waiter[];
}

/**
 * One request at a time works on an upload. Who comes next asks the one at work to let go (its connection may be dead without our
 * having noticed) and waits its turn, without spinning. @throws locked (reason `being-written`) from `lock` after ten seconds
 */
export function createUploadLocks(): Locker {
  const held = new Map<string, Held>();
  return { newLock: (id) => newLock(held, id) };
}

function newLock(held: Map<string, Held>, id: string): Lock {
  const take = (letGo: RequestRelease, waiting: Waiter[] = []) => held.set(id, { letGo, waiting });
  return {
    async lock(signal, letGo) {
      const holder = held.get(id);
      if (!holder) return void take(letGo);
      await Promise.all([holder.letGo(), turnBehind(holder, signal)]);
      take(letGo, holder.waiting);
    },
    async unlock() {
      const next = held.get(id)?.waiting.shift();
      if (next) next.admit();
      else held.delete(id);
    },
  };
}

function turnBehind({ waiting }: Held, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    const waiter: Waiter = {
      admit: () => {
        over();
        resolve();
      },
    };
    const giveUp = () => {
      over();
      waiting.splice(waiting.indexOf(waiter), 1);
      reject(
        new StorageError('locked', 'Another request works on this upload.', { reason: 'being-written' }),
      );
    };
    const timer = setTimeout(giveUp, WAIT_MS);
    signal.addEventListener('abort', giveUp);
    waiting.push(waiter);
  });
}
