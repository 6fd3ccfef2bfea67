import type { ComponentChildren } from 'preact';
import { STATUS } from '../protocols/status.js';
import { type AccountView, isStorageError, type LinkView } from '../storage/index.js';
import type { Answer, Route, Visit } from '../web/routes.js';
import { ChoosePassword, type PasswordWords } from './choose-password.js';
import { enter } from './enter.js';
import { forgetLink, type LinkPath, linkArrival, linkToken } from './link-cookie.js';
import { type Faults, NO_FAULTS, passwordFault, readNewPassword } from './new-password.js';
import { answerSpentLink } from './spent-link.js';

/** A page behind a mail's link, on which somebody chooses a password and is in. */
export interface PasswordLink {
  readonly path: LinkPath;
  readonly purpose: 'activation' | 'reset';
  readonly acts: { readonly page: string; readonly submit: string; readonly arrival: string };
  words(visit: Visit): PasswordWords;
  /** Over the first field, when « Mot de passe » would not say enough. */
  label?(visit: Visit): string;
  /** Whose link it is, or why it leads nowhere. Uses nothing up. */
  find(visit: Visit, token: string): Promise<LinkView>;
  /** Uses the link up. @throws gone, invalid-input */
  use(visit: Visit, token: string, password: string): Promise<AccountView>;
  /** What has to be agreed to besides; nothing where it is undefined. */
  consent?(visit: Visit, faults: Faults): Promise<ComponentChildren>;
  /** What storage found wrong with the form besides the password; undefined for any other error. */
  fault?(error: unknown, visit: Visit): Faults | undefined;
  /** How to come by a new link. */
  renewal(visit: Visit): ComponentChildren;
  /** Answers a form that asks for something else than a password; undefined when it does not. */
  other?(visit: Visit): Promise<Answer> | undefined;
}

/** The page, its form, and the address the mail's link leads to. */
export function passwordLinkRoutes(link: PasswordLink): readonly Route[] {
  const { path, acts } = link;
  return [
    {
      act: acts.page,
      method: 'GET',
      path,
      access: 'everyone',
      handle: (visit) => show(link, visit, NO_FAULTS),
    },
    {
      act: acts.submit,
      method: 'POST',
      path,
      access: 'everyone',
      handle: (visit) => link.other?.(visit) ?? choose(link, visit),
    },
    linkArrival(path, acts.arrival),
  ];
}

async function show(link: PasswordLink, visit: Visit, faults: Faults): Promise<Answer> {
  const found = await link.find(visit, linkToken(visit));
  if (found.state !== 'valid' || !found.account)
    return answerSpentLink({
      visit,
      state: found.state === 'valid' ? 'unknown' : found.state,
      purpose: link.purpose,
      renewal: link.renewal(visit),
    });
  const label = link.label?.(visit);
  const consent = await link.consent?.(visit, faults);
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: (
      <ChoosePassword
        visit={visit}
        words={link.words(visit)}
        account={found.account}
        action={link.path}
        faults={faults}
        {...(label === undefined ? {} : { label })}
        consent={consent}
      />
    ),
  };
}

async function choose(link: PasswordLink, visit: Visit): Promise<Answer> {
  const { password, faults } = readNewPassword(visit);
  if (faults.size > 0) return show(link, visit, faults);
  try {
    const account = await link.use(visit, linkToken(visit), password);
    const notice = { key: 'password-chosen', subject: '' } as const;
    return await enter(visit, account, notice, [forgetLink(link.path)]);
  } catch (error) {
    // Used up or expired since the page was opened: the page itself says which.
    if (isStorageError(error, 'gone')) return show(link, visit, NO_FAULTS);
    const refused = passwordFault(error, visit.words) ?? link.fault?.(error, visit);
    if (refused === undefined) throw error;
    return show(link, visit, refused);
  }
}
