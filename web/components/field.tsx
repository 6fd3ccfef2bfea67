import type { ComponentChildren } from 'preact';
import { Icon } from './icon.js';

export interface FieldFrame {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Said under the field when its value does not fit. */
  readonly fault?: string | undefined;
}

interface TextFieldProps extends FieldFrame {
  readonly type?: 'text' | 'email' | 'password' | 'date';
  readonly value?: string | undefined;
  readonly autocomplete?: string;
  readonly inputmode?: 'decimal' | 'email';
  readonly maxLength?: number;
  readonly required?: boolean;
  /** The first field in need of attention takes the focus when the page opens. */
  readonly autofocus?: boolean;
  /** A link at the end of the label's line. */
  readonly aside?: ComponentChildren;
}

/** One line to type in, with its label above and its fault below. */
export function TextField(props: TextFieldProps) {
  return (
    <Frame {...props}>
      <Input {...props} />
    </Frame>
  );
}

function Input(props: TextFieldProps) {
  const { name, type = 'text', value, autocomplete = 'off', inputmode, maxLength = 320 } = props;
  const attributes = {
    id: name,
    name,
    value,
    autocomplete,
    inputmode,
    maxLength,
    required: props.required,
    autofocus: props.autofocus,
    'aria-invalid': props.fault === undefined ? undefined : true,
    'aria-describedby': describedBy(props),
  };
  if (type === 'email')
    return <input type="email" autocapitalize="none" spellcheck={false} {...attributes} />;
  if (type === 'date') return <input type="date" {...attributes} />;
  if (type === 'password') return <input type="password" {...attributes} />;
  return <input type="text" {...attributes} />;
}

interface SelectFieldProps extends FieldFrame {
  readonly value: string | undefined;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** One of a few choices. */
export function SelectField(props: SelectFieldProps) {
  return (
    <Frame {...props}>
      <span class="select">
        <select
          id={props.name}
          name={props.name}
          aria-invalid={props.fault === undefined ? undefined : true}
          aria-describedby={describedBy(props)}
        >
          {props.choices.map(({ value, label }) => (
            <option value={value} selected={value === props.value}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="chev" />
      </span>
    </Frame>
  );
}

/** Label, hint and fault around something to fill in. */
export function Frame({
  name,
  label,
  hint,
  fault,
  aside,
  children,
}: FieldFrame & { readonly aside?: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <div class="field">
      <div class="field-head">
        <label for={name}>{label}</label>
        {aside}
      </div>
      {children}
      <FieldFault name={name} fault={fault} />
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** What is wrong with a field's value; nothing where all is well. */
export function FieldFault({ name, fault }: Pick<FieldFrame, 'name' | 'fault'>) {
  return fault === undefined ? null : (
    <p class="fault" id={`${name}-fault`}>
      <Icon name="alert" />
      {fault}
    </p>
  );
}

/** Ids of what explains a field. */
export function describedBy({ name, hint, fault }: FieldFrame): string | undefined {
  const ids = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}
