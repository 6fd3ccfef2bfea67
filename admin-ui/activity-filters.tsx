import type { GroupSummary } from '../storage/index.js';
import { SubmitButton } from '../web/components/button.js';
import { SelectField, TextField } from '../web/components/field.js';
import type { AdministratorVisit } from '../web/routes.js';
import type { ChosenFilters } from './activity.js';
import { ACTIVITY_PATH } from './addresses.js';

interface ActivityFiltersProps {
  readonly visit: AdministratorVisit;
  readonly chosen: ChosenFilters;
  readonly groups: readonly GroupSummary[];
}

/** A GET form, folded on small screens; the address keeps what was chosen. */
export function ActivityFilters({ visit, chosen, groups }: ActivityFiltersProps) {
  const words = visit.words.activity;
  const count = Object.values(chosen).filter((value) => value !== '').length;
  const acts = Object.entries(words.acts).map(([value, { name }]) => ({ value, label: name }));
  return (
    <details class="filters" open={count > 0}>
      <summary>{words.filters(count)}</summary>
      <form method="get" action={ACTIVITY_PATH}>
        <SelectField
          name="group"
          label={words.group}
          value={chosen.group}
          choices={[
            { value: '', label: words.everyGroup },
            ...groups.map((group) => ({ value: group.directory, label: group.name })),
          ]}
        />
        <TextField name="account" label={`${words.account} (${words.accountHint})`} value={chosen.account} />
        <SelectField
          name="action"
          label={words.act}
          value={chosen.action}
          choices={[{ value: '', label: words.everyAct }, ...acts]}
        />
        <SubmitButton look="filled">{words.filter}</SubmitButton>
        {count > 0 ? <a href={ACTIVITY_PATH}>{words.clear}</a> : null}
      </form>
    </details>
  );
}
