import type { Language } from '../storage/index.js';

export const LANGUAGE_COOKIE = 'peps-langue';

/** What was chosen in this browser, else the account's language, else what the browser prefers, else French. */
export function chooseLanguage(asked: {
  readonly chosen: string | undefined;
  readonly account: Language | undefined;
  readonly acceptLanguage: string | undefined;
}): Language {
  return parseLanguage(asked.chosen) ?? asked.account ?? preferred(asked.acceptLanguage ?? '') ?? 'fr';
}

/** Undefined for anything but a language the pages speak. */
export function parseLanguage(text: string | undefined): Language | undefined {
  return text === 'fr' || text === 'en' ? text : undefined;
}

/** RFC 9110, section 12.5.4: the spoken language with the greatest weight, the first of equals. */
function preferred(header: string): Language | undefined {
  let best: { language: Language; weight: number } | undefined;
  for (const item of header.slice(0, 512).split(',')) {
    const [tag = '', ...parameters] = item.trim().toLowerCase().split(';');
    const language = parseLanguage(tag.split('-')[0]);
    const quality = parameters.map((parameter) => parameter.trim()).find((p) => p.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (language !== undefined && weight > 0 && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language;
}
