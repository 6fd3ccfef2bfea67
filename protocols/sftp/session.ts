import type { ServerChannel } from 'ssh2';
import type { Clock, Workspace } from '../../storage/index.js';
import { SftpStatus } from '../status.js';
import { createAnswerQueue, type Outgoing } from './answers.js';
import {
  type Answer,
  createPacketSplitter,
  encodeAnswer,
  encodeVersion,
  MAX_DATA_BYTES,
  PacketType,
} from './codec.js';
import { EXTENSION_VERSIONS } from './extensions.js';
import { createHandles } from './handles.js';
import type { SftpLimits } from './limits.js';
import type { OperationLog } from './log.js';
import type { Outlet } from './outlet.js';
import { createOverlay } from './overlay.js';
import { createRecords } from './records.js';
import { interruptAll, REQUESTS } from './requests.js';
import type { RequestContext, Row } from './rows.js';
import { createFieldReader, MalformedPacket } from './wire.js';

/** What one SFTP session stands on. */
export interface SftpSessionOptions {
  readonly channel: ServerChannel;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly log: OperationLog;
  readonly limits: SftpLimits;
  readonly outlet: Outlet;
  /** Ends the whole connection: what came is not SFTP. */
  fail(error: unknown): void;
}

/** One SFTP subsystem on one channel. */
export interface SftpSession {
  /** A file is open, or an answer is owed. */
  readonly isBusy: boolean;
  /** New files are refused from here on; those open may be finished. */
  drain(): void;
  /** The channel or its connection is gone. Settles when what was under way is put away. */
  cut(): Promise<void>;
}

/** Serves one channel: takes in no more requests than are allowed in flight, and answers them in their order. */
export function serveSftp(options: SftpSessionOptions): SftpSession {
  const { channel, limits, fail } = options;
  const packets = createPacketSplitter();
  const handles = createHandles(limits.handles);
  const answers = createAnswerQueue(channel, options.outlet);
  const lost = new AbortController();
  let isGreeted = false;
  let hasInputEnded = false;
  let isEnding = false;
  let requestsInFlight = 0;
  let bytesInFlight = 0;
  let lastTurn: Promise<unknown> = Promise.resolve();

  const context: RequestContext = {
    workspace: options.workspace,
    handles,
    overlay: createOverlay(),
    records: createRecords(),
    clock: options.clock,
    log: options.log,
    inTurn(work) {
      const turn = lastTurn.then(work);
      lastTurn = turn.catch(() => {});
      return turn;
    },
    earlierAnswersLeft: answers.allLeft,
    lost: lost.signal,
    closeWaitMs: limits.closeWaitMs,
  };

  const isLost = () => lost.signal.aborted;

  function takeIn(): void {
    try {
      while (!isLost() && hasRoom()) {
        const packet = packets.next();
        if (packet) receive(packet);
        else {
          if (hasInputEnded) finish();
          break;
        }
      }
    } catch (error) {
      fail(error);
    }
    if (isLost() || hasRoom()) channel.resume();
    else channel.pause();
  }

  function hasRoom(): boolean {
    return requestsInFlight < limits.requestsInFlight && bytesInFlight < limits.bytesInFlight;
  }

  function receive(packet: Buffer): void {
    const fields = createFieldReader(packet);
    const type = fields.uint8();
    if (isGreeted !== (type !== PacketType.INIT)) throw new MalformedPacket('INIT comes first, and once.');
    if (type === PacketType.INIT) {
      isGreeted = true;
      answers.send(Promise.resolve({ pieces: [encodeVersion(EXTENSION_VERSIONS)] })).catch(fail);
      return;
    }
    const id = fields.uint32();
    const cost = packet.length + answerBytes(type, packet);
    requestsInFlight += 1;
    bytesInFlight += cost;
    const answer = (REQUESTS.get(type) ?? UNSUPPORTED).start(fields, context);
    const done = answer.then((known) => {
      // Its bytes were taken, or refused; of other requests names may be remembered as they lie in the packet.
      if (type === PacketType.WRITE) packets.giveBack(packet);
      return toOutgoing(id, known);
    });
    answers
      .send(done)
      .then(() => {
        requestsInFlight -= 1;
        bytesInFlight -= cost;
        takeIn();
      })
      .catch(fail);
  }

  async function putAway(): Promise<void> {
    await interruptAll(context);
    await context.records.settled();
  }

  /** The client is done (it sent EOF): answer what is left, then exit-status 0, EOF and CLOSE, or clients hang. */
  function finish(): void {
    if (isEnding) return;
    isEnding = true;
    const end = async () => {
      await putAway();
      if (isLost()) return;
      channel.exit(0);
      channel.end();
    };
    answers.after(end).catch(fail);
  }

  channel.on('data', (chunk: Buffer) => {
    packets.push(chunk);
    takeIn();
  });
  channel.on('end', () => {
    hasInputEnded = true;
    takeIn();
  });
  channel.on('error', fail);

  return {
    get isBusy() {
      return requestsInFlight > 0 || handles.openFiles > 0 || context.records.isBusy;
    },
    drain: handles.refuseNew,
    cut() {
      if (isLost()) return answers.allLeft();
      lost.abort();
      answers.lose();
      // Every OPEN that was under way has its handle by then, so none is left behind.
      return answers.after(putAway);
    },
  };
}

const UNSUPPORTED: Row = {
  mutates: false,
  start: async () => ({
    kind: 'status',
    code: SftpStatus.opUnsupported,
    text: 'This request is not served.',
  }),
};

function toOutgoing(id: number, answer: Answer): Outgoing {
  const pieces = encodeAnswer(id, answer);
  return answer.kind === 'data' ? { pieces, left: answer.left } : { pieces };
}

/** What a READ will bring along counts against the bytes in flight; its length is its last field. */
function answerBytes(type: number, packet: Buffer): number {
  return type === PacketType.READ ? Math.min(packet.readUInt32BE(packet.length - 4), MAX_DATA_BYTES) : 0;
}
