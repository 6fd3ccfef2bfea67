import type { Words } from '../i18n/words.js';
import { TextField } from './field.js';
import { Icon } from './icon.js';

interface PasswordFieldsProps {
  readonly words: Words['forms'];
  readonly faults: ReadonlyMap<string, string>;
  readonly label?: string;
  readonly autofocus?: boolean;
}

const KINDS = ['lower', 'upper', 'digit', 'other'] as const;

/** Two fields and the rules, which the island `password` ticks as one types; without it they are simply read. */
export function PasswordFields({ words, faults, label, autofocus = false }: PasswordFieldsProps) {
  const { rules } = words;
  return (
    <div
      class="passwords"
      data-password-rules
      data-show={words.show}
      data-hide={words.hide}
      data-missing={rules.missing}
      data-and={rules.and}
      data-typed={rules.typed}
      data-done={rules.done}
    >
      <TextField
        name="password"
        type="password"
        label={label ?? words.password}
        fault={faults.get('password')}
        autocomplete="new-password"
        maxLength={1024}
        required
        autofocus={autofocus}
      />
      <ul class="rules">
        <Rule name="length" text={rules.length} />
        {KINDS.map((kind) => (
          <Rule name={kind} text={rules[kind]} />
        ))}
      </ul>
      <p class="hint">{rules.long}</p>
      <TextField
        name="confirmation"
        type="password"
        label={words.confirmation}
        fault={faults.get('confirmation')}
        autocomplete="new-password"
        maxLength={1024}
        required
      />
    </div>
  );
}

/** Password managers store the new password under this name; nobody sees it. */
export function ManagedLogin({ login }: { readonly login: string }) {
  return <input type="email" name="login" value={login} autocomplete="username" readOnly hidden />;
}

function Rule({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <li data-rule={name} data-text={text}>
      <span class="tick">
        <Icon name="check" />
      </span>
      <span>{text}</span>
      {name === 'length' ? <span class="typed" /> : null}
    </li>
  );
}

/** Where the island says, in one sentence, what is missing. Below the button, so that it is read last. */
export function PasswordVerdict({ words }: { readonly words: Words['forms'] }) {
  return (
    <p class="hint">
      <span data-password-verdict aria-live="polite" /> {words.rules.secret}
    </p>
  );
}
