import type { Knex } from 'knex';

/** Who looks. `seesOnlyOwn`: a drop member, to whom the group is his own deposits. */
export interface Viewer {
  readonly accountId: string;
  readonly seesOnlyOwn: boolean;
  /** May hold back files beside those others see under the same names: of the two his own is listed. */
  readonly hasHeld?: boolean;
}

/**
 * The one predicate of who sees an entry, as SQL on the table alias: published or one's own, not private to somebody else,
 * and for drop members one's own alone. List, stat, get, search and mail all go through it.
 */
export function whereVisible(alias: string, viewer: Viewer) {
  return (where: Knex.QueryBuilder): void => {
    where.whereIn(`${alias}.private_to`, ['', viewer.accountId]);
    where.andWhere((either) => {
      either.where(`${alias}.owner_account_id`, viewer.accountId);
      if (!viewer.seesOnlyOwn) either.orWhere(`${alias}.state`, 'published');
    });
  };
}
