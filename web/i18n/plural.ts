/** Chooses by the plural rules of a locale: French says « 0 fichier », English “0 files”. */
export function createPlural(locale: string) {
  const rules = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (count: number, one: string, other: string): string =>
    `${number.format(count)}\u00a0${rules.select(count) === 'one' ? one : other}`;
}
