import type { GroupSummary, MemberSummary } from '../storage/index.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { type Column, DataTable } from '../web/components/data-table.js';
import { Icon } from '../web/components/icon.js';
import type { AdministratorVisit } from '../web/routes.js';
import { groupAddress } from './addresses.js';
import { Person } from './person.js';
import { ROLES } from './roles.js';
import { sideName } from './sides.js';
import { StatePill } from './state-pill.js';

interface MembersTableProps {
  readonly visit: AdministratorVisit;
  readonly group: GroupSummary;
  readonly members: readonly MemberSummary[];
}

/** Who belongs to a group; each row changes its role or leads out. */
export function MembersTable({ visit, group, members }: MembersTableProps) {
  const { members: caption } = visit.words.administration.group;
  return <DataTable caption={caption} columns={columnsFor(visit, group)} rows={members} />;
}

function columnsFor(visit: AdministratorVisit, group: GroupSummary): readonly Column<MemberSummary>[] {
  const { group: words } = visit.words.administration;
  return [
    {
      label: words.person,
      kind: 'main',
      cell: (member) => (
        <Person name={member.name} side={member.side} detail={detailOf(member, words.service)} />
      ),
    },
    { label: words.side, cell: (member) => sideName(visit, member.side) },
    { label: words.role, cell: (member) => <RoleForm visit={visit} group={group} member={member} /> },
    { label: words.state, cell: (member) => <StatePill state={member.state} words={visit.words} /> },
    {
      label: words.remove,
      kind: 'acts',
      cell: (member) => (
        <LinkButton
          look="text"
          size="small"
          label={words.removeFor(member.name)}
          href={groupAddress(group.directory, `/retirer?who=${encodeURIComponent(member.login)}`)}
        >
          {words.remove}
        </LinkButton>
      ),
    },
  ];
}

function detailOf(member: MemberSummary, service: string): string {
  return member.kind === 'service' ? `${member.login} · ${service}` : member.login;
}

interface RoleFormProps {
  readonly visit: AdministratorVisit;
  readonly group: GroupSummary;
  readonly member: MemberSummary;
}

function RoleForm({ visit, group, member }: RoleFormProps) {
  const { group: words, roles } = visit.words.administration;
  return (
    <form method="post" action={groupAddress(group.directory, '/role')} class="role">
      <input type="hidden" name="who" value={member.login} />
      <span class="select">
        <select name="role" aria-label={words.roleOf(member.name)}>
          {ROLES.map((role) => (
            <option value={role} selected={role === member.role}>
              {roles[role]}
            </option>
          ))}
        </select>
        <Icon name="chev" />
      </span>
      <SubmitButton look="text" size="small" label={words.applyFor(member.name)}>
        {words.apply}
      </SubmitButton>
    </form>
  );
}
