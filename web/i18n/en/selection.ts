import type { selection as source } from '../fr/selection.js';
import { createPlural } from '../plural.js';

const plural = createPlural('en-GB');

export const selection: typeof source = {
  label: 'Selection',
  all: 'Select all',
  pick: 'Select',
  one: '{n} item selected',
  other: '{n} items selected',
  download: 'Download',
  others: (count) => `and ${plural(count, 'other', 'others')}`,
  partly: (count) =>
    count === 0 ? 'Nothing was changed' : `Done for ${plural(count, 'item', 'items')}, not for the others`,
  refused: (count) => (count === 1 ? 'This one stayed where it was' : 'These stayed where they were'),
  move: {
    short: 'Move',
    title: (count) => `Move ${plural(count, 'item', 'items')}`,
    submit: (place) => `Move to “${place}”`,
  },
  copy: {
    short: 'Copy',
    title: (count) => `Copy ${plural(count, 'item', 'items')}`,
    submit: (place) => `Copy to “${place}”`,
  },
  remove: {
    short: 'Delete',
    title: (count) => `Delete ${plural(count, 'item', 'items')}?`,
    lead: 'They disappear from all lists, for all members, folders with what they hold. You can restore them for 24 hours.',
    submit: (count) => `Delete ${plural(count, 'item', 'items')}`,
  },
};
