import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Door } from '../../storage/index.js';
import { GROUP_NAME, OTHER_GROUP_NAME, PEOPLE, type PersonKey } from '../support/appliance.js';
import { type RunningAppliance, startTestAppliance } from '../support/running.js';

/** What a real client can do at a door. `put` and the like resolve to true when the client reported success. */
export interface DoorClient {
  put(local: string, remote: string): Promise<boolean>;
  get(remote: string, local: string): Promise<boolean>;
  list(remote: string): Promise<string[] | null>;
  makeDirectory(remote: string): Promise<boolean>;
  rename(from: string, to: string): Promise<boolean>;
  remove(remote: string): Promise<boolean>;
}

export interface DoorUnderTest {
  readonly door: Door;
  /** Connects a client as one of the people. */
  connect(appliance: RunningAppliance, person: PersonKey, folder: string): Promise<DoorClient>;
}

/** One suite for every door: the same acts by real clients must leave the same bytes, history and outbox. */
export function describeDoor(name: string, { door, connect }: DoorUnderTest): void {
  describe(`${name}, as any door`, { timeout: 60_000 }, () => {
    let appliance: RunningAppliance;
    let folder: string;
    let nadia: DoorClient;
    let claire: DoorClient;
    const local = (file: string) => join(folder, file);
    const remote = (file: string) => `/${GROUP_NAME}/${file}`;

    beforeAll(async () => {
      appliance = await startTestAppliance();
      folder = await mkdtemp(join(tmpdir(), 'peps-door-'));
      nadia = await connect(appliance, 'nadia', folder);
      claire = await connect(appliance, 'claire', folder);
    }, 60_000);
    afterAll(async () => {
      await appliance?.close();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    const rows = async (file: string) => {
      const all = await appliance.operator.activity({ order: 'asc', limit: 500 });
      return all
        .filter((row) => row.path === remote(file))
        .map((row) => [row.action, row.outcome, row.protocol]);
    };
    const waitingMails = async () => {
      const mails = await appliance.operator.outbox({ state: 'waiting', limit: 500 });
      return mails.filter((mail) => mail.template === 'group-deposits').map((mail) => mail.to);
    };

    test('carries a document there and back, recorded once each way, announced to each other member', async () => {
      const bytes = randomBytes(3 * 1024 * 1024 + 17);
      await writeFile(local('out.bin'), bytes);
      expect(await nadia.put(local('out.bin'), remote('Présences juin.bin'))).toBe(true);
      expect(await claire.get(remote('Présences juin.bin'), local('in.bin'))).toBe(true);
      expect(digest(await readFile(local('in.bin')))).toBe(digest(bytes));
      await expect
        .poll(() => rows('Présences juin.bin'), { timeout: 10_000 })
        .toEqual([
          ['deposit', 'ok', door],
          ['download', 'ok', door],
        ]);
      const others = [PEOPLE.claire, PEOPLE.julien, PEOPLE.marc].map((person) => person.login);
      expect((await waitingMails()).sort()).toEqual(others.sort());
    });

    test('replaces under the same name', async () => {
      await writeFile(local('v1'), 'first');
      await writeFile(local('v2'), 'second');
      expect(await claire.put(local('v1'), remote('note.txt'))).toBe(true);
      expect(await claire.put(local('v2'), remote('note.txt'))).toBe(true);
      expect(await claire.get(remote('note.txt'), local('got'))).toBe(true);
      expect(await readFile(local('got'), 'utf8')).toBe('second');
      expect((await rows('note.txt')).filter(([action]) => action === 'deposit')).toHaveLength(2);
    });

    test('makes folders, lists, renames and removes', async () => {
      expect(await claire.makeDirectory(remote('Été'))).toBe(true);
      await writeFile(local('a'), 'a');
      expect(await claire.put(local('a'), remote('Été/a b.txt'))).toBe(true);
      expect(await claire.list(remote('Été'))).toEqual(['a b.txt']);
      expect(await claire.rename(remote('Été/a b.txt'), remote('Été/ç.txt'))).toBe(true);
      expect(await claire.list(remote('Été'))).toEqual(['ç.txt']);
      expect(await claire.remove(remote('Été/ç.txt'))).toBe(true);
      expect(await claire.list(remote('Été'))).toEqual([]);
      expect(await rows('Été/a b.txt')).toEqual([
        ['deposit', 'ok', door],
        ['move', 'ok', door],
      ]);
      expect(await rows('Été/ç.txt')).toEqual([['delete', 'ok', door]]);
    });

    test('shows only the groups one belongs to, and nothing of the others', async () => {
      expect(await claire.list('/')).toEqual([GROUP_NAME]);
      expect(await claire.list(`/${OTHER_GROUP_NAME}`)).toBeNull();
      await writeFile(local('x'), 'x');
      expect(await claire.put(local('x'), `/${OTHER_GROUP_NAME}/x.txt`)).toBe(false);
      const odile = await connect(appliance, 'odile', folder);
      expect(await odile.list('/')).toEqual([OTHER_GROUP_NAME]);
      expect(await odile.list(`/${OTHER_GROUP_NAME}`)).toEqual([]);
    });

    test('refuses a reader, with one line in the history', async () => {
      const julien = await connect(appliance, 'julien', folder);
      await writeFile(local('r'), 'r');
      expect(await julien.put(local('r'), remote('lecture.txt'))).toBe(false);
      expect(await rows('lecture.txt')).toEqual([['deposit', 'refused', door]]);
    });

    test('shows a file under a temporary name to its sender alone, and announces it under its final one', async () => {
      await writeFile(local('lot'), 'lot');
      expect(await claire.put(local('lot'), remote('lot.csv.filepart'))).toBe(true);
      expect(await claire.list(`/${GROUP_NAME}`)).toContain('lot.csv.filepart');
      expect(await nadia.list(`/${GROUP_NAME}`)).not.toContain('lot.csv.filepart');
      expect(await claire.rename(remote('lot.csv.filepart'), remote('lot.csv'))).toBe(true);
      expect(await nadia.list(`/${GROUP_NAME}`)).toContain('lot.csv');
      expect(await rows('lot.csv')).toEqual([['deposit', 'ok', door]]);
      expect(await rows('lot.csv.filepart')).toEqual([]);
    });

    test('ends what an account has open within five seconds of its suspension', async () => {
      await appliance.operator.suspend(PEOPLE.nadia.login);
      await writeFile(local('s'), 's');
      expect(await nadia.put(local('s'), remote('suspendue.txt'))).toBe(false);
      expect(await nadia.get(remote('note.txt'), local('nope'))).toBe(false);
      await appliance.operator.resume(PEOPLE.nadia.login);
      expect(await nadia.put(local('s'), remote('revenue.txt'))).toBe(true);
    });
  });
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
