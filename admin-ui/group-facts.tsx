import type { GroupSummary } from '../storage/index.js';
import { SubmitButton } from '../web/components/button.js';
import { Instant } from '../web/components/instant.js';
import type { AdministratorVisit } from '../web/routes.js';
import { ACTIVITY_PATH, groupAddress } from './addresses.js';
import { Used } from './used.js';

/** Where a group is found, what it holds, the way to its history, and whether its batch jobs need manifests. */
export function GroupFacts({
  visit,
  group,
}: {
  readonly visit: AdministratorVisit;
  readonly group: GroupSummary;
}) {
  const { groups, group: words } = visit.words.administration;
  const isOn = group.manifests === 'on';
  return (
    <dl class="facts">
      <div>
        <dt>{words.directory}</dt>
        <dd>
          <b>{group.directory}</b>
          <span class="meta">{words.directoryNote}</span>
        </dd>
      </div>
      <div>
        <dt>{groups.used}</dt>
        <dd>
          <Used words={groups} format={visit.format} group={group} />
        </dd>
      </div>
      <div>
        <dt>{groups.lastDeposit}</dt>
        <dd>
          {group.lastDepositAt === null ? (
            groups.never
          ) : (
            <Instant at={group.lastDepositAt} format={visit.format} />
          )}
          <a href={`${ACTIVITY_PATH}?group=${encodeURIComponent(group.directory)}`}>{words.history}</a>
        </dd>
      </div>
      <div>
        <dt>{words.manifests}</dt>
        <dd>
          <b>{words.manifestStates[group.manifests]}</b>
          <span class="meta">{words.manifestsNote}</span>
          <form method="post" action={groupAddress(group.directory, '/manifestes')}>
            <SubmitButton look="text" size="small" name="manifests" value={isOn ? 'off' : 'on'}>
              {isOn ? words.manifestsOff : words.manifestsOn}
            </SubmitButton>
          </form>
        </dd>
      </div>
    </dl>
  );
}
