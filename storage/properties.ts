import { assertAllowed, assertLive, assertUnlocked, confirmMembership } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { propertiesOf, removeProperty, setProperty } from './metadata/properties.js';
import type { Conditions } from './model.js';
import type { VirtualPath } from './paths.js';
import { assertExists, findPlace } from './places.js';

const MAX_PROPERTIES = 200;
const MAX_VALUE_BYTES = 64 * 1024;

export interface PropertyChange {
  readonly namespace: string;
  readonly name: string;
  /** Inner XML to set, or null to remove. */
  readonly value: string | null;
  /** What `xml:lang` said of the value; null where nothing did. */
  readonly language?: string | null;
}

/** Sets and removes dead properties of an entry, all or nothing, in the order given. */
export async function patchProperties(
  visit: Visit,
  path: VirtualPath,
  changes: readonly PropertyChange[],
  conditions: Conditions,
): Promise<void> {
  assertLive(visit);
  if (changes.some(isTooLong)) throw tooLarge();
  await visit.database.write(async (transaction) => {
    const place = assertExists(await findPlace(transaction, visit, path));
    const membership = await confirmMembership(transaction, visit, place.membership);
    await assertAllowed(transaction, visit, membership, 'replace', [place.entry]);
    await assertUnlocked(
      transaction,
      visit,
      { steps: place.steps, changesParent: false, isFree: false },
      conditions,
    );
    const entry_id = place.entry.id;
    for (const { namespace, name, value, language = null } of changes) {
      if (value === null) await removeProperty(transaction, { entry_id, namespace, name });
      else await setProperty(transaction, { entry_id, namespace, name, value, language });
    }
    const all = await propertiesOf(transaction, entry_id);
    const bytes = all.reduce((sum, property) => sum + Buffer.byteLength(property.value), 0);
    if (all.length > MAX_PROPERTIES || bytes > MAX_VALUE_BYTES) throw tooLarge();
  });
}

function isTooLong({ namespace, name, value, language }: PropertyChange): boolean {
  const isValueTooLong = Buffer.byteLength(value ?? '') > MAX_VALUE_BYTES;
  return isValueTooLong || [namespace, name, language ?? ''].some((text) => text.length > 255);
}

function tooLarge(): StorageError {
  return new StorageError('too-large', 'An entry keeps at most 200 properties and 64 KiB of them.', {
    reason: 'properties',
  });
}
