import { type MemberSummary, StorageError } from '../storage/index.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';
import { Confirmation } from './confirmation.js';

const PATH = `${GROUPS_PATH}/:directory/retirer`;

/** Takes somebody out of a group, after one question. */
export const removeMemberRoutes: readonly Route[] = [
  { act: 'remove-member-page', method: 'GET', path: PATH, access: 'administrator', handle: ask },
  { act: 'remove-member', method: 'POST', path: PATH, access: 'administrator', handle: remove },
];

async function ask(visit: AdministratorVisit): Promise<Answer> {
  const { groups, group: words } = visit.words.administration;
  const { group, member } = await find(visit, visit.query.get('who'));
  const back = groupAddress(group.directory);
  return {
    kind: 'page',
    page: (
      <Confirmation
        visit={visit}
        steps={[
          { label: groups.title, href: GROUPS_PATH },
          { label: group.name, href: back },
        ]}
        title={words.removeTitle(member.name, group.name)}
        text={words.removeText(member.name)}
        submit={words.removeSubmit}
        action={groupAddress(group.directory, '/retirer')}
        back={back}
        who={member.login}
      />
    ),
  };
}

async function remove(visit: AdministratorVisit): Promise<Answer> {
  const { group, member } = await find(visit, visit.form.get('who'));
  await visit.administration.setMember(group.directory, member.login, null);
  return {
    kind: 'redirect',
    to: groupAddress(group.directory),
    notice: { key: 'member-removed', subject: member.name },
  };
}

async function find(visit: AdministratorVisit, who: string | undefined) {
  const group = await visit.administration.group(visit.params.directory ?? '');
  const members = await visit.administration.members(group.directory);
  const member: MemberSummary | undefined = members.find(({ login }) => login === who);
  if (member === undefined) throw new StorageError('not-found', 'There is no such member.');
  return { group, member };
}
