/** Characters that leave no trace where they stand, or turn the order of what stands beside them. */
const HIDDEN =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/gu;

/** A name with what it hides written out, `⟨U+202E⟩`: nobody takes `⟨U+202E⟩fdp.exe` for a PDF. */
export function visibleName(name: string): string {
  return name.replace(HIDDEN, writtenOut);
}

/** The same for a text of several lines. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) =>
    /[\t\n\r]/u.test(character) ? character : writtenOut(character),
  );
}

/** The same for a whole page. What a form sends back stays as it is: a name has to be found again. */
export function visiblePage(html: string): string {
  // Of a page without any, and that is nearly every one, nothing has to be taken apart.
  if (!HIDDEN_BUT_SPACES.test(html)) return html;
  return html.replace(HIDDEN_OUTSIDE_FIELDS, (found) =>
    FIELD.test(found) || /[\t\n\r]/u.test(found) ? found : writtenOut(found),
  );
}

const HIDDEN_BUT_SPACES = new RegExp(`[${HIDDEN.source}--[\\t\\n\\r]]`, 'v');
const FIELD = /^(?: value=|<textarea )/u;
const HIDDEN_OUTSIDE_FIELDS = new RegExp(` value="[^"]*"|<textarea [^>]*>[^<]*|${HIDDEN.source}`, 'gu');

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Whether what stands beside the text could change places with a part of it. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

/** For plain text, where nothing else keeps a name apart: FIRST STRONG ISOLATE around it, where it is needed. */
export function isolatedName(name: string): string {
  const visible = visibleName(name);
  return isRightToLeft(visible) ? `\u2068${visible}\u2069` : visible;
}

function writtenOut(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
