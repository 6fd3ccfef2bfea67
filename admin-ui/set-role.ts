import { StorageError } from '../storage/index.js';
import type { Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';
import { parseRole } from './roles.js';

/** Gives a member another role. */
export const setRoleRoute: Route = {
  act: 'set-role',
  method: 'POST',
  path: `${GROUPS_PATH}/:directory/role`,
  access: 'administrator',
  async handle(visit) {
    const group = await visit.administration.group(visit.params.directory ?? '');
    const who = visit.form.get('who') ?? '';
    const role = parseRole(visit.form.get('role'));
    if (role === undefined)
      throw new StorageError('invalid-input', 'There is no such role.', { reason: 'role' });
    const members = await visit.administration.members(group.directory);
    const member = members.find(({ login }) => login === who);
    if (member === undefined) throw new StorageError('not-found', 'There is no such member.');
    await visit.administration.setMember(group.directory, member.login, role);
    return {
      kind: 'redirect',
      to: groupAddress(group.directory),
      notice: { key: 'role-changed', subject: member.name },
    };
  },
};
