import type { Knex } from 'knex';
import { crashPoint } from '../../crash-points.js';

type Table = Knex.CreateTableBuilder;

/** Instants are integers: milliseconds since 1970, UTC. Ids are text. */
const instant = (table: Table, column: string) => table.bigInteger(column);
const reference = (table: Table, column: string, target: string) =>
  table.string(column, 36).references('id').inTable(target);

export async function up(knex: Knex): Promise<void> {
  const steps = [
    createInstallation,
    createAccounts,
    createSpaces,
    createEntries,
    createTransfers,
    createActivity,
    createMail,
    createJobs,
  ];
  for (const step of steps) {
    await step(knex);
    crashPoint('migration-step');
  }
}

async function createInstallation(knex: Knex): Promise<void> {
  await knex.schema.createTable('installation', (table) => {
    table.string('id', 36).primary();
    table.text('house_name').notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'set_up_at');
  });
  // One row, `accounts`: bumped by every administrative transaction, polled by the daemon.
  await knex.schema.createTable('epochs', (table) => {
    table.string('name', 32).primary();
    table.bigInteger('value').notNullable();
  });
  await knex('epochs').insert({ name: 'accounts', value: 1 });
}

async function createAccounts(knex: Knex): Promise<void> {
  await knex.schema.createTable('accounts', (table) => {
    table.string('id', 36).primary();
    table.string('kind', 8).notNullable(); // person, service
    table.string('login', 255).notNullable().unique(); // normalized: main address, or a service's login
    table.text('name').notNullable();
    table.string('side', 8).notNullable(); // house, partner
    table.string('state', 12).notNullable(); // invited, active, suspended
    table.boolean('is_administrator').notNullable().defaultTo(false);
    table.string('language', 2).notNullable().defaultTo('fr');
    reference(table, 'owner_account_id', 'accounts');
    table.bigInteger('epoch').notNullable().defaultTo(1); // bumped when its sessions must end
    instant(table, 'created_at').notNullable();
    instant(table, 'activated_at');
    instant(table, 'last_sign_in_at');
  });
  await knex.schema.createTable('addresses', (table) => {
    table.string('id', 36).primary();
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.text('address').notNullable();
    table.string('address_key', 255).notNullable().unique();
    table.boolean('is_main').notNullable();
  });
  await knex.schema.createTable('credentials', (table) => {
    table.string('id', 36).primary();
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.string('kind', 12).notNullable(); // password, ssh-key, app-password
    table.text('secret_hash'); // argon2id, PHC string
    table.text('public_key'); // base64 of the key blob, RFC 4253 section 6.6
    table.string('fingerprint', 64).index(); // SHA256:…
    table.text('label');
    instant(table, 'created_at').notNullable();
    instant(table, 'last_used_at');
  });
  await knex.schema.createTable('sessions', (table) => {
    table.string('id', 64).primary(); // SHA-256 of the cookie's secret, hexadecimal
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.bigInteger('account_epoch').notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'last_seen_at').notNullable();
    instant(table, 'expires_at').notNullable();
    table.text('address');
    table.text('user_agent');
  });
  await knex.schema.createTable('tokens', (table) => {
    table.string('id', 36).primary();
    table.string('purpose', 16).notNullable(); // set-up, invitation, password-reset
    reference(table, 'account_id', 'accounts').index(); // null: set-up
    table.integer('generation').notNullable();
    table.string('token_hash', 64).notNullable().unique(); // SHA-256, hexadecimal
    instant(table, 'created_at').notNullable();
    instant(table, 'expires_at').notNullable();
    instant(table, 'used_at');
    instant(table, 'revoked_at');
  });
  await knex.schema.createTable('throttle', (table) => {
    table.string('key', 255).primary();
    table.integer('failures').notNullable();
    instant(table, 'first_failure_at').notNullable();
    instant(table, 'blocked_until');
    instant(table, 'updated_at').notNullable().index();
  });
}

async function createSpaces(knex: Knex): Promise<void> {
  await knex.schema.createTable('spaces', (table) => {
    table.string('id', 36).primary();
    table.string('kind', 8).notNullable(); // group, personal
    reference(table, 'owner_account_id', 'accounts');
    table.string('root_entry_id', 36).notNullable();
    table.bigInteger('quota_bytes'); // null: no limit but the disk
    table.bigInteger('used_bytes').notNullable().defaultTo(0); // current versions of live files
    table.bigInteger('reserved_bytes').notNullable().defaultTo(0); // uploads under way
  });
  await knex.schema.createTable('groups', (table) => {
    table.string('id', 36).primary();
    reference(table, 'space_id', 'spaces').notNullable().unique();
    table.text('name').notNullable();
    table.string('directory', 255).notNullable();
    table.string('directory_key', 255).notNullable().unique();
    table.boolean('shows_house_people').notNullable().defaultTo(false); // design: who sees whom
    instant(table, 'created_at').notNullable();
    instant(table, 'archived_at');
  });
  await knex.schema.createTable('memberships', (table) => {
    table.string('id', 36).primary();
    reference(table, 'group_id', 'groups').notNullable();
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.string('role', 12).notNullable(); // reader, contributor, writer, manager, drop
    instant(table, 'created_at').notNullable();
    table.unique(['group_id', 'account_id']);
  });
}

async function createEntries(knex: Knex): Promise<void> {
  await knex.schema.createTable('blobs', (table) => {
    table.string('id', 36).primary();
    table.text('wrapped_key').notNullable(); // base64; gone with the row: the bytes are unreadable from then on
    table.string('key_id', 16).notNullable();
    table.bigInteger('size_bytes').notNullable(); // in clear
    instant(table, 'stored_at').notNullable();
  });
  await knex.schema.createTable('entries', (table) => {
    table.string('id', 36).primary();
    reference(table, 'space_id', 'spaces').notNullable().index();
    table.string('parent_id', 36); // null: the space's root
    table.string('kind', 12).notNullable(); // file, directory
    table.text('name').notNullable();
    table.string('name_key', 512).notNullable();
    table.string('sort_key', 512).notNullable();
    table.string('state', 12).notNullable(); // reserved, held, published
    table.string('private_to', 36).notNullable().defaultTo(''); // account id for temporary and system names
    reference(table, 'owner_account_id', 'accounts');
    table.string('version_id', 36); // current one; null for directories
    instant(table, 'created_at').notNullable();
    instant(table, 'modified_at').notNullable();
    instant(table, 'deleted_at').index();
  });
  // One live name per folder; names private to an account do not collide with others'.
  await knex.raw(
    'CREATE UNIQUE INDEX entries_live_name ON entries (parent_id, name_key, private_to) WHERE deleted_at IS NULL',
  );
  await knex.raw(
    'CREATE INDEX entries_live_order ON entries (parent_id, sort_key, id) WHERE deleted_at IS NULL',
  );
  await knex.schema.createTable('versions', (table) => {
    table.string('id', 36).primary();
    reference(table, 'entry_id', 'entries').notNullable().index();
    reference(table, 'blob_id', 'blobs').index(); // null: no bytes
    table.bigInteger('size_bytes').notNullable();
    table.string('sha256', 64).notNullable();
    reference(table, 'depositor_account_id', 'accounts').notNullable();
    table.string('door', 8).notNullable();
    instant(table, 'deposited_at').notNullable();
    instant(table, 'modified_at').notNullable(); // the file's own date
    instant(table, 'ended_at').index(); // replaced or deleted since
  });
  await knex.schema.createTable('uploads', (table) => {
    table.string('id', 36).primary();
    reference(table, 'account_id', 'accounts').notNullable().index();
    reference(table, 'space_id', 'spaces').notNullable();
    table.string('parent_id', 36).notNullable();
    table.text('name').notNullable();
    table.string('blob_id', 36).notNullable();
    table.text('wrapped_key').notNullable();
    table.string('key_id', 16).notNullable();
    table.string('door', 8).notNullable();
    table.string('state', 8).notNullable(); // open, parked
    table.bigInteger('declared_size_bytes');
    table.bigInteger('received_bytes').notNullable().defaultTo(0);
    table.bigInteger('reserved_bytes').notNullable().defaultTo(0);
    instant(table, 'created_at').notNullable();
    instant(table, 'updated_at').notNullable();
  });
  await knex.schema.createTable('locks', (table) => {
    table.string('token', 64).primary();
    reference(table, 'entry_id', 'entries').notNullable().index();
    table.string('scope', 12).notNullable(); // exclusive, shared
    table.boolean('is_deep').notNullable();
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.text('owner_xml').notNullable();
    table.integer('timeout_seconds').notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'expires_at').notNullable().index();
  });
  await knex.schema.createTable('properties', (table) => {
    reference(table, 'entry_id', 'entries').notNullable();
    table.string('namespace', 255).notNullable();
    table.string('name', 255).notNullable();
    table.text('value').notNullable();
    table.primary(['entry_id', 'namespace', 'name']);
  });
}

async function createTransfers(knex: Knex): Promise<void> {
  await knex.schema.createTable('transfers', (table) => {
    table.string('id', 36).primary();
    table.string('direction', 8).notNullable(); // get
    reference(table, 'account_id', 'accounts').notNullable();
    reference(table, 'space_id', 'spaces').notNullable();
    table.string('entry_id', 36).notNullable();
    table.string('version_id', 36).notNullable();
    table.text('path').notNullable();
    table.string('door', 8).notNullable();
    table.text('address');
    table.bigInteger('delivered_bytes').notNullable().defaultTo(0);
    table.string('state', 12).notNullable().index(); // open, ended
    instant(table, 'started_at').notNullable();
    instant(table, 'updated_at').notNullable();
  });
  // What an account has read of a version, over requests and doors, as JSON.
  await knex.schema.createTable('coverage', (table) => {
    reference(table, 'account_id', 'accounts').notNullable();
    reference(table, 'version_id', 'versions').notNullable().index();
    table.text('intervals').notNullable();
    instant(table, 'completed_at');
    instant(table, 'updated_at').notNullable();
    table.primary(['account_id', 'version_id']);
  });
}

async function createActivity(knex: Knex): Promise<void> {
  await knex.schema.createTable('activity', (table) => {
    table.bigIncrements('id');
    instant(table, 'at').notNullable();
    table.string('action', 24).notNullable();
    table.string('outcome', 12).notNullable();
    table.string('door', 8).notNullable();
    table.string('account_id', 36).index();
    table.string('group_id', 36).index();
    table.string('entry_id', 36).index();
    table.string('version_id', 36);
    table.string('act_id', 36).notNullable(); // one act, several rows: a folder deleted, say
    table.bigInteger('size_bytes');
    table.string('leaf_hash', 64).notNullable();
  });
  await knex.schema.createTable('activity_payload', (table) => {
    table.bigInteger('activity_id').primary().references('id').inTable('activity');
    table.string('salt', 32).notNullable();
    table.text('payload').notNullable(); // JSON: names, addresses, paths, hashes
  });
  await forbidChanges(knex);
}

/** The log is insert-only: the database itself refuses to change or remove a row. */
async function forbidChanges(knex: Knex): Promise<void> {
  if (knex.client.config.client === 'pg') {
    await knex.raw(`CREATE FUNCTION refuse_activity_change() RETURNS trigger AS $$
      BEGIN RAISE EXCEPTION 'activity is insert-only'; END $$ LANGUAGE plpgsql`);
    await knex.raw(`CREATE TRIGGER activity_insert_only BEFORE UPDATE OR DELETE ON activity
      FOR EACH ROW EXECUTE FUNCTION refuse_activity_change()`);
    return;
  }
  for (const act of ['UPDATE', 'DELETE'])
    await knex.raw(`CREATE TRIGGER activity_no_${act.toLowerCase()} BEFORE ${act} ON activity
      BEGIN SELECT RAISE(ABORT, 'activity is insert-only'); END`);
}

async function createMail(knex: Knex): Promise<void> {
  await knex.schema.createTable('outbox', (table) => {
    table.string('id', 36).primary();
    reference(table, 'account_id', 'accounts').notNullable().index();
    table.string('group_id', 36);
    table.string('template', 24).notNullable();
    table.text('props').notNullable(); // JSON; a token only by its id
    table.string('collect_key', 80); // waiting group mails gather under (account, group)
    table.string('state', 8).notNullable(); // waiting, sending, sent, failed
    table.integer('attempts').notNullable().defaultTo(0);
    table.text('error');
    instant(table, 'created_at').notNullable();
    instant(table, 'due_at').notNullable();
    instant(table, 'latest_at').notNullable(); // the quiet window never pushes due_at past this
    instant(table, 'lease_until');
    instant(table, 'sent_at');
    table.index(['state', 'due_at']);
  });
  await knex.raw(
    "CREATE UNIQUE INDEX outbox_collecting ON outbox (collect_key) WHERE state = 'waiting' AND attempts = 0",
  );
  await knex.schema.createTable('notification_items', (table) => {
    table.string('id', 36).primary();
    table.string('collect_key', 80).notNullable();
    reference(table, 'version_id', 'versions').notNullable();
    reference(table, 'outbox_id', 'outbox').index(); // null: gathered by the next claim
    instant(table, 'created_at').notNullable();
  });
  await knex.raw(
    'CREATE INDEX notification_items_waiting ON notification_items (collect_key) WHERE outbox_id IS NULL',
  );
}

async function createJobs(knex: Knex): Promise<void> {
  await knex.schema.createTable('jobs', (table) => {
    table.string('name', 48).primary();
    instant(table, 'due_at').notNullable();
    instant(table, 'lease_until');
    instant(table, 'last_run_at');
    table.text('last_error');
  });
}
