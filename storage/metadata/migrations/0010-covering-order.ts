import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** The order of a folder's children with all that decides who sees them: pages and counts ask the index alone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX IF EXISTS entries_live_order');
  // deleted_at is null in all of it; SQLite reads the row to see so unless it stands here.
  await knex.raw(
    `CREATE INDEX entries_live_order ON entries
      (parent_id, sort_key, id, kind, state, private_to, owner_account_id, deleted_at) WHERE deleted_at IS NULL`,
  );
  crashPoint('migration-step');
}
