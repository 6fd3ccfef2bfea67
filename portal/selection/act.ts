import type { Entry } from '../../storage/index.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { directoryAddress } from '../addresses.js';
import { type Refused, refusedBy } from '../refused.js';
import { type Chosen, readChosen } from './chosen.js';

/** An act on what was ticked in a list. Its form holds each ticked entry under one name. */
export function selectionRoute(
  act: string,
  segment: string,
  handle: (visit: MemberVisit, chosen: Chosen) => Promise<Answer>,
): Route {
  return {
    act: `selection-${act}`,
    method: 'POST',
    path: `/selection/${segment}`,
    access: 'member',
    readsForm: true,
    async handle(visit) {
      const chosen = await readChosen(visit);
      if (chosen.entries.length > 0) return handle(visit, chosen);
      const notice = { key: 'nothing-chosen', subject: '' } as const;
      return { kind: 'redirect', to: directoryAddress(chosen.directory), notice };
    },
  };
}

/** Does it with one after the other: what is refused is told, and keeps nothing else back. @throws unauthenticated */
export async function withEach(
  visit: MemberVisit,
  entries: readonly Entry[],
  act: (entry: Entry) => Promise<unknown>,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  for (const entry of entries)
    try {
      await act(entry);
    } catch (error) {
      refused.push(refusedBy(error, entry.name, visit));
    }
  return refused;
}
