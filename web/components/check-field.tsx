interface CheckFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly isChecked: boolean;
}

/** Sends `yes` when ticked, nothing otherwise. */
export function CheckField({ name, label, hint, isChecked }: CheckFieldProps) {
  return (
    <div class="check">
      <input
        type="checkbox"
        id={name}
        name={name}
        value="yes"
        checked={isChecked}
        aria-describedby={`${name}-hint`}
      />
      <label for={name}>{label}</label>
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    </div>
  );
}
