import type { Knex } from 'knex';
import type { ManifestSwitch, Role } from '../model.js';

export interface StandingNow {
  readonly epoch: number;
  readonly state: string;
  readonly role: Role | null;
  readonly archived_at: number | null;
  /** Null without a group. */
  readonly manifests: ManifestSwitch | null;
}

/** What the database says this instant of an account in a group: asked inside the transaction of an act, never cached. */
export async function standingNow(
  db: Knex,
  accountId: string,
  groupId: string,
): Promise<StandingNow | undefined> {
  return db('accounts')
    .leftJoin('memberships', (join) =>
      join.on('memberships.account_id', 'accounts.id').andOnVal('memberships.group_id', groupId),
    )
    .leftJoin('groups', 'groups.id', 'memberships.group_id')
    .where('accounts.id', accountId)
    .first('accounts.epoch', 'accounts.state', 'memberships.role', 'groups.archived_at', 'groups.manifests');
}
