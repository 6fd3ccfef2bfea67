import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** The language a dead property is in, where its client says so (RFC 4918, section 4.4). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('properties', (table) => {
    table.string('language', 255);
  });
  crashPoint('migration-step');
}
