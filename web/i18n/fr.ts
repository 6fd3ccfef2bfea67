import { account } from './fr/account.js';
import { activity } from './fr/activity.js';
import { administration } from './fr/administration.js';
import { deposit } from './fr/deposit.js';
import { drive } from './fr/drive.js';
import { driveAssistant } from './fr/drive-assistant.js';
import { entryActs } from './fr/entry-acts.js';
import { failures } from './fr/failures.js';
import { forms } from './fr/forms.js';
import { history } from './fr/history.js';
import { kit } from './fr/kit.js';
import { links } from './fr/links.js';
import { notices } from './fr/notices.js';
import { portal } from './fr/portal.js';
import { preview } from './fr/preview.js';
import { refusals } from './fr/refusals.js';
import { restoring } from './fr/restoring.js';
import { search } from './fr/search.js';
import { selection } from './fr/selection.js';
import { texts } from './fr/texts.js';

/** The source catalogue. Spaces before : ; ? ! % and inside « » are written \u00a0, which a test checks. */
export const fr = {
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
