import { account } from './en/account.js';
import { activity } from './en/activity.js';
import { administration } from './en/administration.js';
import { deposit } from './en/deposit.js';
import { drive } from './en/drive.js';
import { driveAssistant } from './en/drive-assistant.js';
import { entryActs } from './en/entry-acts.js';
import { failures } from './en/failures.js';
import { forms } from './en/forms.js';
import { history } from './en/history.js';
import { kit } from './en/kit.js';
import { links } from './en/links.js';
import { notices } from './en/notices.js';
import { portal } from './en/portal.js';
import { preview } from './en/preview.js';
import { refusals } from './en/refusals.js';
import { restoring } from './en/restoring.js';
import { search } from './en/search.js';
import { selection } from './en/selection.js';
import { texts } from './en/texts.js';
import type { fr } from './fr.js';

/** The English catalogue. */
export const en: typeof fr = {
  kit,
  notices,
  failures,
  forms,
  links,
  portal,
  preview,
  administration,
  account,
  activity,
  history,
  drive,
  driveAssistant,
  refusals,
  restoring,
  texts,
  search,
  selection,
  deposit,
  entryActs,
};
