import type { restoring as source } from '../fr/restoring.js';
import { createPlural } from '../plural.js';

const plural = createPlural('en-GB');

export const restoring: typeof source = {
  short: 'Recently deleted',
  title: (group) => `Recently deleted in “${group}”`,
  lead: 'For 24 hours, what was deleted can come back to its place. After that it is gone for good.',
  place: 'Folder',
  by: 'Deleted by',
  until: 'Can come back until',
  folder: 'Folder, with all it held',
  gone: 'This entry',
  restore: 'Restore',
  restoreOne: (name) => `Restore ${name}`,
  submit: 'Restore what is ticked',
  refused: (count) => `${plural(count, 'entry', 'entries')} could not come back`,
  nothing: 'Nothing was deleted in the last 24 hours',
  nothingText:
    'A manager sees all that was deleted in the group here, other members what they deleted themselves.',
};
