import type { AccountState } from '../storage/index.js';
import type { IconName } from '../web/components/icon.js';
import { Pill } from '../web/components/pill.js';
import type { Words } from '../web/i18n/words.js';

const LOOKS = {
  invited: { tone: 'look', icon: 'mail' },
  active: { tone: 'good', icon: 'check' },
  suspended: { tone: 'bad', icon: 'pause' },
} as const satisfies Record<AccountState, { tone: string; icon: IconName }>;

/** Whether an account is invited, active or suspended. */
export function StatePill({ state, words }: { readonly state: AccountState; readonly words: Words }) {
  const { tone, icon } = LOOKS[state];
  return (
    <Pill tone={tone} icon={icon}>
      {words.administration.states[state]}
    </Pill>
  );
}
