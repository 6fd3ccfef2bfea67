import type { HouseTextName } from '../storage/index.js';

/** Where a text of the house's is read; every page's foot leads there. */
export const HOUSE_TEXT_PATHS: Readonly<Record<HouseTextName, string>> = {
  'legal-notice': '/mentions-legales',
  'personal-data': '/donnees-personnelles',
  accessibility: '/accessibilite',
  contact: '/contact',
  terms: '/conditions',
};
