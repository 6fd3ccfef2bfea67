import type { DirectoryEntry, HistoryPerson } from '../../storage/index.js';
import { SubmitButton } from '../../web/components/button.js';
import { SelectField, TextField } from '../../web/components/field.js';
import type { MemberVisit } from '../../web/routes.js';
import { HISTORY_PATH } from '../addresses.js';
import { CHOSEN_ACTS, type Choice, countOf, historyAddress, ONESELF } from './choice.js';

interface HistoryFiltersProps {
  readonly visit: MemberVisit;
  readonly choice: Choice;
  readonly groups: readonly DirectoryEntry[];
  readonly people: readonly HistoryPerson[];
}

/** A GET form, folded on small screens; the address keeps what was chosen. */
export function HistoryFilters({ visit, choice, groups, people }: HistoryFiltersProps) {
  const { activity, history: words } = visit.words;
  const count = countOf(choice);
  const acts = CHOSEN_ACTS.map((value) => ({ value, label: activity.acts[value].name }));
  const option = ({ id, name }: { readonly id: string; readonly name: string }) => ({
    value: id,
    label: name,
  });
  return (
    <details class="filters">
      <summary>{activity.filters(count)}</summary>
      <form method="get" action={HISTORY_PATH}>
        <SelectField
          name="group"
          label={activity.group}
          value={choice.group}
          choices={[{ value: '', label: activity.everyGroup }, ...groups.map(option)]}
        />
        <SelectField
          name="person"
          label={words.person}
          value={choice.person}
          choices={[
            { value: '', label: words.everybody },
            { value: ONESELF, label: words.you },
            ...people.map(option),
          ]}
        />
        <SelectField
          name="action"
          label={activity.act}
          value={choice.action}
          choices={[{ value: '', label: activity.everyAct }, ...acts]}
        />
        <TextField name="from" type="date" label={words.from} value={choice.from} />
        <TextField name="to" type="date" label={words.until} value={choice.to} />
        <TextField name="name" label={words.name} value={choice.name} maxLength={255} />
        {choice.file === '' ? null : <input type="hidden" name="file" value={choice.file} />}
        <SubmitButton look="filled">{activity.filter}</SubmitButton>
        {count > 0 ? <a href={HISTORY_PATH}>{activity.clear}</a> : null}
      </form>
    </details>
  );
}

/** « Tout / Ce que j'ai fait »; the other filters stay. */
export function HistoryScope({ visit, choice }: Pick<HistoryFiltersProps, 'visit' | 'choice'>) {
  const words = visit.words.history;
  const link = (person: string, label: string) => (
    <a href={historyAddress(choice, { person })} aria-current={choice.person === person ? 'true' : undefined}>
      {label}
    </a>
  );
  return (
    <nav class="segments" aria-label={words.scope}>
      {link('', words.everything)}
      {link(ONESELF, words.mine)}
    </nav>
  );
}
