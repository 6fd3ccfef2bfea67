import { StorageError } from '../storage/index.js';
import type { Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';

/** Has a group's service accounts deposit with manifests, or no more. */
export const setManifestsRoute: Route = {
  act: 'set-manifests',
  method: 'POST',
  path: `${GROUPS_PATH}/:directory/manifestes`,
  access: 'administrator',
  async handle(visit) {
    const wanted = visit.form.get('manifests');
    if (wanted !== 'on' && wanted !== 'off')
      throw new StorageError('invalid-input', 'Manifests are on or off.', { reason: 'manifests' });
    const { directory } = await visit.administration.group(visit.params.directory ?? '');
    const group = await visit.administration.setManifests(directory, wanted === 'on');
    return {
      kind: 'redirect',
      to: groupAddress(group.directory),
      notice: { key: wanted === 'on' ? 'manifests-on' : 'manifests-off', subject: group.name },
    };
  },
};
