import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

/** Lists and pages say who works on what. */
let site: TestSite;
let clock: FakeClock;
let office: Workspace;
let claire: Visitor;
let marc: Visitor;
let nadia: Visitor;

const at = (name: string) => parsePath(`/${GROUP_NAME}/${name}`);
const GROUP = `/groupes/${encodeURIComponent(GROUP_NAME)}`;
const exclusive = { scope: 'exclusive', isDeep: false, ownerXml: '<D:owner/>', timeoutSeconds: 600 } as const;
const HELD = 'En cours de modification par ';

beforeAll(async () => {
  clock = createFakeClock();
  site = await openTestSite({ clock });
  office = await site.test.workspace('claire', 'webdav');
  [claire, marc, nadia] = await Promise.all([
    site.signIn(PEOPLE.claire.login),
    site.signIn(PEOPLE.marc.login),
    site.signIn(PEOPLE.nadia.login),
  ]);
});
afterAll(() => site.close());

describe('a file that somebody works on', () => {
  test('says so in the list and on its page, by the name one is shown, until it is closed', async () => {
    await deposit(office, `/${GROUP_NAME}/Budget.xlsx`, 'x');
    await deposit(office, `/${GROUP_NAME}/Autre.xlsx`, 'x');
    const { id } = await office.stat(at('Budget.xlsx'));
    const { lock } = await office.lock(at('Budget.xlsx'), exclusive);
    const house = await site.test.storage.houseName();
    for (const [who, name] of [
      [claire, 'vous'],
      [marc, PEOPLE.claire.name],
      [nadia, house],
    ] as const) {
      expect((await who.get(GROUP)).text.split(HELD).slice(1)).toEqual([expect.stringMatching(`^${name}<`)]);
      expect((await who.get(`/fichiers/${id}`)).text).toContain(`${HELD}${name}`);
    }
    await office.unlock(at('Budget.xlsx'), lock.token);
    expect((await marc.get(GROUP)).text).not.toContain(HELD);
    expect((await marc.get(`/fichiers/${id}`)).text).not.toContain(HELD);
  });

  test('no longer says so once the lock ran out, and of what others do not see nothing is said', async () => {
    await deposit(office, `/${GROUP_NAME}/Court.xlsx`, 'x');
    await office.lock(at('Court.xlsx'), exclusive);
    await office.lock(at('Vide.xlsx'), exclusive);
    expect((await marc.get(GROUP)).text.split(HELD)).toHaveLength(2);
    clock.advance(601);
    expect((await marc.get(GROUP)).text).not.toContain(HELD);
  });

  test('a folder, too, in the list it stands in', async () => {
    await office.createDirectory(at('Dossier'));
    await office.lock(at('Dossier'), { ...exclusive, isDeep: true });
    expect((await marc.get(GROUP)).text.split(HELD)).toHaveLength(2);
    expect((await marc.get(`${GROUP}/Dossier`)).status).toBe(200);
  });
});
