import { Icon } from '../web/components/icon.js';
import { Instant } from '../web/components/instant.js';
import type { Visit } from '../web/routes.js';
import { directoryAddress } from './addresses.js';
import type { GroupOverview } from './overview.js';

/** One's groups, each with what is in it. */
export function GroupCards({
  visit,
  groups,
}: {
  readonly visit: Visit;
  readonly groups: readonly GroupOverview[];
}) {
  return (
    <ul class="cards">
      {groups.map((group) => (
        <li>
          <a class="card" href={directoryAddress(group.directory.path)}>
            <span class="tile folder" aria-hidden="true">
              <Icon name="folder" />
            </span>
            <span class="card-words">
              <b>{group.directory.name}</b>
              <GroupLine visit={visit} group={group} />
            </span>
            <Icon name="arrow" />
          </a>
        </li>
      ))}
    </ul>
  );
}

function GroupLine({ visit, group }: { readonly visit: Visit; readonly group: GroupOverview }) {
  const words = visit.words.portal.group;
  const [last] = group.recent;
  if (last === undefined) return <span>{words.empty}</span>;
  const count = group.isCut ? words.filesOrMore(group.fileCount) : words.files(group.fileCount);
  return (
    <span>
      {count} · {words.lastDeposit} <Instant at={last.depositedAt} format={visit.format} />
    </span>
  );
}
