import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** Uploads that were cut off stay for a while: whose they are, what they started from, how long they are kept. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('uploads', (table) => {
    table.string('credential_id', 36); // the SSH key it came with
    table.string('base_version_id', 36); // the name's content when it began
    table.bigInteger('base_size_bytes').notNullable().defaultTo(0); // bytes taken over from that content
    table.bigInteger('kept_bytes').notNullable().defaultTo(0); // what was there when it was parked last
    table.boolean('is_in_order').notNullable().defaultTo(false); // each byte came once, one behind the other
    table.bigInteger('expires_at'); // of a parked one
  });
  crashPoint('migration-step');
  // "What of this account is parked?" is asked at every SFTP request about a name.
  await knex.schema.alterTable('uploads', (table) => {
    table.index(['account_id', 'state']);
  });
  crashPoint('migration-step');
}
