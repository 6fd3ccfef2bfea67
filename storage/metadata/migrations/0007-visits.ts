import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** When an account last looked at a group, for what is new to it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('visits', (table) => {
    table.string('account_id', 36).notNullable();
    table.string('space_id', 36).notNullable();
    table.bigInteger('new_since').notNullable(); // end of the visit before this one
    table.bigInteger('last_seen_at').notNullable();
    table.primary(['account_id', 'space_id']);
  });
  await knex.raw('CREATE INDEX versions_deposited_at ON versions (deposited_at)');
  crashPoint('migration-step');
}
