import { expect } from 'vitest';
import { GROUP_NAME, type PersonKey } from '../../../support/appliance.js';
import { type Answer, openTestDoor, type Sent, type TestDoor } from '../support.js';

export const LOCK_INFO =
  '<?xml version="1.0" encoding="utf-8" ?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>PC\\nadia</D:href></D:owner></D:lockinfo>';

/** A client in a folder of its own: its requests, each with the status it must hear, and what came of them. */
export interface Player {
  /** `/dav/GROUP/FOLDER`, escaped. */
  readonly folder: string;
  /** `path` is below the folder, escaped; one that begins with a slash is taken as it stands. */
  say(method: string, path: string, status: number, sent?: Sent): Promise<Answer>;
  /** Nobody's credentials. */
  sayUnknown(method: string, path: string, status: number, sent?: Sent): Promise<Answer>;
  /** Locks for an hour. @returns the token in angle brackets */
  lock(path: string, status: number, headers?: Record<string, string>): Promise<string>;
  /** The absolute address of something in the folder. */
  addressOf(path: string): string;
  /**
   * What the history as people read it and the other members' mails say of the folder since the last call:
   * « deposit a.docx replaced », and « mail a.docx » for each file that a member is told of.
   */
  told(): Promise<string[]>;
}

export interface Stage {
  readonly door: TestDoor;
  /** A client of a person, with a new folder; `headers` go with every request. */
  enter(headers: Record<string, string>, person?: PersonKey): Promise<Player>;
}

/** The caller stops the door. */
export async function openStage(): Promise<Stage> {
  const door = await openTestDoor();
  let count = 0;

  async function enter(headers: Record<string, string>, person: PersonKey = 'nadia'): Promise<Player> {
    const folder = `${door.base}/f${++count}`;
    const shown = `/${GROUP_NAME}/f${count}/`;
    await door.send('claire', 'MKCOL', folder);
    let lastLine = 0;

    async function sayAs(
      who: PersonKey | null,
      method: string,
      path: string,
      status: number,
      sent: Sent = {},
    ) {
      const target = path.startsWith('/') ? path : `${folder}/${path}`;
      const answer = await door.send(who, method, target, {
        ...sent,
        headers: { ...headers, ...sent.headers },
      });
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} ${status}`);
      expect(answer.headers['set-cookie']).toBeUndefined();
      return answer;
    }

    const player: Player = {
      folder,
      say: (method, path, status, sent) => sayAs(person, method, path, status, sent),
      sayUnknown: (method, path, status, sent) => sayAs(null, method, path, status, sent),
      async lock(path, status, extra = {}) {
        const sent = { headers: { Timeout: 'Second-3600', ...extra }, body: LOCK_INFO };
        return String((await sayAs(person, 'LOCK', path, status, sent)).headers['lock-token']);
      },
      addressOf: (path) => `http://127.0.0.1:${door.port}${folder}/${path}`,
      async told() {
        const rows = await door.operator.activity({
          after: lastLine,
          order: 'asc',
          isFolded: true,
          limit: 500,
        });
        lastLine = rows.at(-1)?.id ?? lastLine;
        const lines = rows
          .filter(({ path }) => path?.startsWith(shown))
          .map(({ action, path, target, reason }) =>
            [action, path, target === null ? null : '→', target, reason]
              .filter((part) => part !== null)
              .join(' ')
              .replaceAll(shown, ''),
          );
        const told = new Map<string, string[]>();
        for (const { intent, to } of await door.takeMails())
          if (intent.template === 'group-deposits')
            told.set(to.address, [...(told.get(to.address) ?? []), ...intent.files.map(({ name }) => name)]);
        // Every other member hears the same.
        const [files = [], ...others] = [...told.values()];
        for (const other of others) expect(other).toEqual(files);
        return [...lines, ...files.map((name) => `mail ${name}`)];
      },
    };
    await player.told();
    return player;
  }

  return { door, enter };
}
