import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PropertyChange, parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, put } from './acts.js';

describe('dead properties', () => {
  let appliance: TestStorage;
  let nadia: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    nadia = await appliance.workspace('nadia');
  });
  beforeEach(async () => {
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder);
    await put(nadia, `${folder}/a.txt`, 'x');
  });
  afterAll(() => appliance.close());

  const at = (path: string) => parsePath(`${folder}/${path}`);
  const set = (name: string, value: string | null, namespace = 'urn:x'): PropertyChange => ({
    namespace,
    name,
    value,
  });
  const patch = (...changes: readonly PropertyChange[]) => nadia.patchProperties(at('a.txt'), changes);
  const of = async (path: string) =>
    ((await nadia.stat(at(path), { details: true })).properties ?? []).map(
      ({ namespace, name, value }) => `${namespace} ${name}=${value}`,
    );

  test('are set, replaced and removed in the order given', async () => {
    await patch(set('a', '1'), set('b', '<x/>'), set('a', '1', 'urn:y'));
    expect(await of('a.txt')).toEqual(['urn:x a=1', 'urn:x b=<x/>', 'urn:y a=1']);
    await patch(set('a', '2'), set('b', null), set('absent', null), set('c', '1'), set('c', null));
    expect(await of('a.txt')).toEqual(['urn:x a=2', 'urn:y a=1']);
  });

  test.each([
    ['201 of them', Array.from({ length: 201 }, (_, index) => set(`p${index}`, ''))],
    ['more than 64 KiB', [set('a', 'é'.repeat(32 * 1024 + 1))]],
    ['64 KiB in two', [set('a', 'x'.repeat(40_000)), set('b', 'x'.repeat(40_000))]],
    ['a name of 256 characters', [set('n'.repeat(256), '')]],
    ['a namespace of 256 characters', [set('n', '', 'n'.repeat(256))]],
  ])('are refused all together: %s', async (_, changes) => {
    await patch(set('kept', 'as it was'));
    expect(await failureOf(patch(set('kept', 'changed'), ...changes))).toBe('too-large properties');
    expect(await of('a.txt')).toEqual(['urn:x kept=as it was']);
  });

  test('fill 64 KiB and 200', async () => {
    await patch(
      set('a', 'x'.repeat(64 * 1024)),
      ...Array.from({ length: 199 }, (_, index) => set(`p${index}`, '')),
    );
    expect(await of('a.txt')).toHaveLength(200);
    await patch(set('a', null), set('new', ''));
  });

  test('go along with a move, are copied with a copy, stay when the bytes are replaced, end with a deletion', async () => {
    await patch(set('a', '1'));
    await nadia.move(at('a.txt'), at('b.txt'), { overwrite: false });
    expect(await of('b.txt')).toEqual(['urn:x a=1']);
    await nadia.copy(at('b.txt'), at('c.txt'), { overwrite: false });
    expect(await of('c.txt')).toEqual(['urn:x a=1']);
    await nadia.patchProperties(at('c.txt'), [set('a', '2')]);
    expect(await of('b.txt')).toEqual(['urn:x a=1']);
    await put(nadia, `${folder}/b.txt`, 'new');
    expect(await of('b.txt')).toEqual(['urn:x a=1']);
    await nadia.remove(at('b.txt'));
    await put(nadia, `${folder}/b.txt`, 'another');
    expect(await of('b.txt')).toEqual([]);
  });

  test('of a folder are its own', async () => {
    await nadia.patchProperties(parsePath(folder), [set('a', '1')]);
    expect((await nadia.stat(parsePath(folder), { details: true })).properties).toMatchObject([
      { value: '1' },
    ]);
    expect(await of('a.txt')).toEqual([]);
  });
});
