import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { deposit, GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';

describe('what stands under a name others see', () => {
  let appliance: TestStorage;
  beforeAll(async () => {
    appliance = await openTestStorage();
  });
  afterAll(() => appliance.close());

  const at = (name: string) => parsePath(`/${GROUP_NAME}/${name}`);
  const rowsOf = async (name: string) =>
    (await appliance.history()).filter((row) => row.path === `/${GROUP_NAME}/${name}`);

  test('is never hidden by a placeholder copied over it: the empty copy is a deposit, with its line', async () => {
    const claire = await appliance.workspace('claire');
    await deposit(claire, `/${GROUP_NAME}/contrat.pdf`, 'contrat');
    await claire.lock(at('vide.pdf'), {
      scope: 'exclusive',
      isDeep: false,
      ownerXml: '',
      timeoutSeconds: 60,
    });
    await claire.copy(at('vide.pdf'), at('contrat.pdf'), { overwrite: true });
    const nadia = await appliance.workspace('nadia');
    expect(await nadia.stat(at('contrat.pdf'))).toMatchObject({ sizeBytes: 0, isPublished: true });
    expect((await rowsOf('contrat.pdf')).map((row) => row.action)).toEqual(['deposit', 'deposit']);
  });

  test('names as its depositor whoever published it, also after a detour over a temporary name', async () => {
    const nadia = await appliance.workspace('nadia');
    const claire = await appliance.workspace('claire');
    await deposit(nadia, `/${GROUP_NAME}/relevé.docx`, 'relevé');
    await claire.move(at('relevé.docx'), at('relevé.tmp'), { overwrite: false });
    await claire.move(at('relevé.tmp'), at('relevé.docx'), { overwrite: false });
    const entry = await claire.stat(at('relevé.docx'));
    expect(entry).toMatchObject({ depositor: { name: PEOPLE.claire.name } });
    expect((await rowsOf('relevé.docx')).at(-1)).toMatchObject({
      action: 'deposit',
      account: PEOPLE.claire.login,
    });
  });

  test('shows a partner no house person’s name through the owner of a lock', async () => {
    const claire = await appliance.workspace('claire');
    await deposit(claire, `/${GROUP_NAME}/verrou.docx`, 'x');
    const ownerXml = '<D:href xmlns:D="DAV:">CAF\\moreau</D:href>';
    await claire.lock(at('verrou.docx'), { scope: 'exclusive', isDeep: false, ownerXml, timeoutSeconds: 60 });
    expect((await claire.locksOn(at('verrou.docx')))[0]?.ownerXml).toBe(ownerXml);
    const nadia = await appliance.workspace('nadia');
    expect((await nadia.locksOn(at('verrou.docx')))[0]?.ownerXml).toBe('');
  });
});
