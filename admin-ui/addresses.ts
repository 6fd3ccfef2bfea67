import type { HouseTextName, Language } from '../storage/index.js';

/** Where the pages of administration stand; links and routes take them from here. */
export const GROUPS_PATH = '/administration/groupes';
export const NEW_GROUP_PATH = '/administration/nouveau-groupe';
export const ACCOUNTS_PATH = '/administration/comptes';
export const INVITE_PATH = '/administration/inviter';
export const SUSPEND_PATH = '/administration/comptes/suspendre';
export const RESUME_PATH = '/administration/comptes/retablir';
export const RESEND_PATH = '/administration/comptes/renvoyer';
export const ACTIVITY_PATH = '/administration/historique';
export const MAIL_PATH = '/administration/courrier';
export const RETRY_PATH = '/administration/courrier/relancer';

/** The house's own texts. */
export const TEXTS_PATH = '/administration/textes';

/** Where one of them is written. */
export function textAddress(name: HouseTextName, language: Language): string {
  return `${TEXTS_PATH}/${name}/${language}`;
}

/** A group's page, or a page below it. */
export function groupAddress(directory: string, below = ''): string {
  return `${GROUPS_PATH}/${encodeURIComponent(directory)}${below}`;
}
