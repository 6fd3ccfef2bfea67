import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** What a service account may do less than others: how it signs in, from where, and in which group it may be. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (table) => {
    table.boolean('keys_only').notNullable().defaultTo(false);
    table.text('networks'); // JSON, addresses and networks in CIDR form; null: from anywhere
    table.string('only_group_id', 36); // null: in any group
    table.string('only_role', 12); // in that one
  });
  crashPoint('migration-step');
}
