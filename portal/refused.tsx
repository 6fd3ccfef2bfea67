import { isStorageError } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { explain } from '../web/explain.js';
import type { MemberVisit } from '../web/routes.js';

/** One of several things with which it did not go, and why, for people. */
export interface Refused {
  readonly name: string;
  readonly sentence: string;
}

/** @throws what is no refusal of that one thing: a fault, or that the session ended */
export function refusedBy(error: unknown, name: string, visit: MemberVisit): Refused {
  if (!isStorageError(error) || isStorageError(error, 'unauthenticated')) throw error;
  return { name, sentence: explain(error, visit.words).sentence };
}

/** Does it with one after the other: what is refused is told, and keeps nothing else back. @throws as `refusedBy` */
export async function withEach<Item extends { readonly name: string }>(
  visit: MemberVisit,
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  for (const item of items)
    try {
      await act(item);
    } catch (error) {
      refused.push(refusedBy(error, item.name, visit));
    }
  return refused;
}

/** Each by its name; nothing where all went well. */
export function RefusedAlert({
  visit,
  title,
  refused,
}: {
  readonly visit: MemberVisit;
  readonly title: string;
  readonly refused: readonly Refused[];
}) {
  if (refused.length === 0) return null;
  return (
    <Alert tone="bad" title={title}>
      {refused.map(({ name, sentence }) => (
        <span class="line">{visit.words.deposit.page.refusal(name, sentence)}</span>
      ))}
    </Alert>
  );
}
