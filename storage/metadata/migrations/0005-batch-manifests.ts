import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

/** Deposits that wait for a manifest: which groups have them, what waits, and what the manifests name. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('groups', (table) => {
    table.string('manifests', 8).notNullable().defaultTo('off'); // off, on, ending
  });
  await knex.raw(
    "CREATE INDEX entries_held ON entries (space_id, id) WHERE state = 'held' AND deleted_at IS NULL",
  );
  crashPoint('migration-step');
  await knex.schema.createTable('held_versions', (table) => {
    table.string('version_id', 36).primary();
    table.text('address'); // where it was sent from, for the line of the history that comes later
    table.bigInteger('told_at'); // when its depositor and the managers were told that it still waits
  });
  await knex.schema.createTable('manifests', (table) => {
    table.string('version_id', 36).primary();
    table.string('entry_id', 36).notNullable();
    table.string('account_id', 36).notNullable().index();
  });
  await knex.schema.createTable('manifest_lines', (table) => {
    table.string('version_id', 36).notNullable(); // of the manifest
    table.integer('number').notNullable(); // 0: about the manifest as a whole
    table.text('folder').notNullable(); // below the manifest's own, '' there
    table.text('name'); // null with a fault
    table.string('name_key', 512);
    table.string('sha256', 64);
    table.text('fault');
    table.primary(['version_id', 'number']);
    table.index(['version_id', 'name_key']);
  });
  crashPoint('migration-step');
}
