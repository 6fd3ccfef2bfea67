import type { search as source } from '../fr/search.js';
import { createPlural } from '../plural.js';

const plural = createPlural('en-GB');

export const search: typeof source = {
  short: 'Search',
  label: 'Look for a name in this group',
  submit: 'Search',
  title: (text, group) => `“${text}” in ${group}`,
  found: (count, isCut) =>
    isCut
      ? `More than ${plural(count, 'result', 'results')}: be more precise.`
      : plural(count, 'result', 'results'),
  place: 'Folder',
  bad: 'Write 2 to 100 characters.',
  nothing: 'No file or folder of that name',
  nothingText: 'Accents and capitals do not count. Try a shorter part of the name.',
};
