import type { ComponentChildren } from 'preact';
import type { LinkView } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { Avatar, firstNameOf } from '../web/components/avatar.js';
import { SubmitButton } from '../web/components/button.js';
import { ManagedLogin, PasswordFields, PasswordVerdict } from '../web/components/password-fields.js';
import { Gate } from '../web/layout/gate.js';
import type { Visit } from '../web/routes.js';
import type { Faults } from './new-password.js';

/** What the page says around its fields. */
export interface PasswordWords {
  readonly title: string;
  readonly headline: readonly string[];
  readonly lead: (firstName: string) => string;
  readonly submit: string;
}

interface ChoosePasswordProps {
  readonly visit: Visit;
  readonly words: PasswordWords;
  readonly account: NonNullable<LinkView['account']>;
  readonly action: string;
  readonly faults: Faults;
  /** Over the first field, when « Mot de passe » would not say enough. */
  readonly label?: string;
  /** What has to be agreed to besides. */
  readonly consent?: ComponentChildren;
}

/** The page behind an invitation or a reset: whose account, two fields, the rules. */
export function ChoosePassword({
  visit,
  words,
  account,
  action,
  faults,
  label,
  consent,
}: ChoosePasswordProps) {
  const { forms } = visit.words;
  return (
    <Gate visit={visit} title={words.title} headline={words.headline} islands={['password']}>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead(firstNameOf(account.name))}</p>
      <p class="identity">
        <Avatar name={account.name} side="partner" />
        <span>
          <b>{account.name}</b>
          <span>{account.login}</span>
        </span>
      </p>
      {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
      <form method="post" action={action}>
        <ManagedLogin login={account.login} />
        <PasswordFields words={forms} faults={faults} autofocus {...(label === undefined ? {} : { label })} />
        {consent}
        <SubmitButton look="filled" size="big">
          {words.submit}
        </SubmitButton>
        <PasswordVerdict words={forms} />
      </form>
    </Gate>
  );
}
