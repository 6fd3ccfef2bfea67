import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { directoryAddress } from '../addresses.js';
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
