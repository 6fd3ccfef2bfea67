import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** What the house says of itself at the foot of every page, every version of it; and which terms somebody accepted. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('house_texts', (table) => {
    table.string('name', 16).notNullable(); // legal-notice, personal-data, accessibility, contact, terms
    table.integer('version').notNullable(); // counts both languages
    table.string('language', 2).notNullable();
    table.text('body').notNullable(); // empty: withdrawn
    table.bigInteger('changed_at').notNullable();
    table.string('account_id', 36); // null: by a command
    table.primary(['name', 'version']);
  });
  await knex.schema.alterTable('accounts', (table) => {
    table.integer('terms_version');
    table.bigInteger('terms_accepted_at');
  });
  crashPoint('migration-step');
}
