import type { Language } from '../../storage/index.js';
import { describedBy, type FieldFrame, Frame } from './field.js';

interface TextAreaProps extends FieldFrame {
  readonly value: string;
  /** Of what is written in it. */
  readonly language: Language;
  readonly maxLength: number;
}

/** Many lines to type in, with its label above and its fault below. */
export function TextArea(props: TextAreaProps) {
  const { name, value, language, maxLength, fault } = props;
  return (
    <Frame {...props}>
      <textarea
        id={name}
        name={name}
        lang={language}
        rows={18}
        maxLength={maxLength}
        aria-invalid={fault === undefined ? undefined : true}
        aria-describedby={describedBy(props)}
      >
        {value}
      </textarea>
    </Frame>
  );
}
