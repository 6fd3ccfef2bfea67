import { assertLive } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { entriesHolding } from './metadata/search.js';
import type { Entry } from './model.js';
import { foldedName } from './names.js';
import type { VirtualPath } from './paths.js';
import { pathsBelow } from './paths-below.js';
import { membershipFor, toEntry, viewerOf } from './places.js';

/** What was found. */
export interface Findings {
  /** By name; as far as one may see. */
  readonly entries: readonly Entry[];
  /** There may be more. */
  readonly isCut: boolean;
}

const MIN_CHARACTERS = 2;
const MAX_CHARACTERS = 100;
const MAX_FOUND = 200;

/**
 * The files and folders of the group a path lies in whose names hold the text, accents and case aside: two statements.
 * @throws invalid-input (reason `search-text`) for less than 2 or more than 100 characters, not-found
 */
export async function search(visit: Visit, path: VirtualPath, text: string): Promise<Findings> {
  assertLive(visit);
  const wanted = foldedName(text.trim());
  const length = [...wanted].length;
  if (length < MIN_CHARACTERS || length > MAX_CHARACTERS)
    throw new StorageError('invalid-input', 'What is searched for has 2 to 100 characters.', {
      reason: 'search-text',
    });
  const membership = await membershipFor(visit, path);
  const viewer = viewerOf(membership, visit.session.account.id);
  const { reader } = visit.database;
  const records = await entriesHolding(reader, membership.spaceId, viewer, piecesOf(wanted), MAX_FOUND + 1);
  const found = records.slice(0, MAX_FOUND).filter(({ name }) => foldedName(name).includes(wanted));
  const pathOf = await pathsBelow(visit, found);
  const view = { membership, visit, houseName: await visit.houseName() };
  return {
    entries: found.map((record) => toEntry(record, pathOf(record, membership), view)),
    isCut: records.length > MAX_FOUND,
  };
}

/**
 * In keys of order numbers are padded, so that « mai 2 » is no part of « mai 2026 » there: letters and numbers are looked for
 * apart, and the name itself decides.
 */
function piecesOf(wanted: string): string[] {
  const pieces = wanted.match(/\d+|\D+/gu) ?? [];
  return pieces.map((piece) => piece.replace(/^0+(?=\d*$)/u, '')).filter((piece) => piece !== '');
}
