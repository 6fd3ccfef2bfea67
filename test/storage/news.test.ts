import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';

const MINUTE = 60;

/** What is new to somebody since the last visit. */
let appliance: TestStorage;
let clock: FakeClock;
let claire: Workspace;
let nadia: Workspace;
let folder: string;
let count = 0;

beforeAll(async () => {
  clock = createFakeClock();
  appliance = await openTestStorage({ clock });
  claire = await appliance.workspace('claire', 'web');
  nadia = await appliance.workspace('nadia', 'web');
});
afterAll(() => appliance.close());
beforeEach(async () => {
  clock.advance(60 * MINUTE);
  await look();
  clock.advance(60 * MINUTE);
  await look();
  clock.advance(60 * MINUTE);
  count += 1;
  folder = `/${GROUP_NAME}/n${count}`;
  await nadia.createDirectory(parsePath(folder));
});

const look = () => claire.news({ path: parsePath(`/${GROUP_NAME}`), limit: 1, isVisit: true });
const fresh = async (who: Workspace = claire) =>
  (await who.news({ path: parsePath(`/${GROUP_NAME}`), limit: 100 })).flatMap(({ files }) =>
    files.map(({ path }) => path.segments.slice(1).join('/')),
  );
const short = () => `n${count}`;

describe('new to a member is', () => {
  test('what others deposited since the last visit, newest first, with its folder; not what one deposited', async () => {
    await deposit(nadia, `${folder}/a.txt`, 'a');
    clock.advance(1);
    await nadia.createDirectory(parsePath(`${folder}/Dedans`));
    await deposit(nadia, `${folder}/Dedans/b.txt`, 'b');
    await deposit(claire, `${folder}/c.txt`, 'c');
    expect(await fresh()).toEqual([`${short()}/Dedans/b.txt`, `${short()}/a.txt`]);
    expect(await fresh(nadia)).toContain(`${short()}/c.txt`);
    const [news] = await claire.news({ limit: 1 });
    expect(news).toMatchObject({
      directory: GROUP_NAME,
      files: [{ depositor: { name: PEOPLE.nadia.name } }],
    });
  });

  test('still new during the visit, and no longer at the next one', async () => {
    await deposit(nadia, `${folder}/a.txt`, 'a');
    await look();
    clock.advance(20 * MINUTE);
    await look();
    clock.advance(20 * MINUTE);
    expect(await fresh()).toEqual([`${short()}/a.txt`]);
    clock.advance(31 * MINUTE);
    expect(await fresh()).toEqual([]);
  });

  test('no longer what one downloaded whole; looking at it on a page is no download', async () => {
    await deposit(nadia, `${folder}/a.txt`, 'a');
    const looked = await claire.view(parsePath(`${folder}/a.txt`));
    await looked.close('proven', [{ start: 0, end: 1 }]);
    expect(await fresh()).toEqual([`${short()}/a.txt`]);
    const download = await claire.get(parsePath(`${folder}/a.txt`));
    await download.close('proven', [{ start: 0, end: 1 }]);
    expect(await fresh()).toEqual([]);
    clock.advance(1);
    await deposit(nadia, `${folder}/a.txt`, 'anew');
    expect(await fresh()).toEqual([`${short()}/a.txt`]);
  });

  test('nothing that is gone, under way, or private; and never more than asked for', async () => {
    await deposit(nadia, `${folder}/a.txt`, 'a');
    await claire.remove(parsePath(`${folder}/a.txt`));
    await deposit(nadia, `${folder}/~$b.docx`, 'b');
    expect(await fresh()).toEqual([]);
    for (const name of ['1', '2', '3']) await deposit(nadia, `${folder}/${name}.txt`, name);
    const [news] = await claire.news({ limit: 2 });
    expect(news?.files).toHaveLength(2);
  });

  test('what came since one belongs to the group, before any visit', async () => {
    const julien = await appliance.workspace('julien', 'web');
    await deposit(nadia, `${folder}/a.txt`, 'a');
    expect(await fresh(julien)).toContain(`${short()}/a.txt`);
    await expect(claire.news({ path: parsePath('/Ailleurs'), limit: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
