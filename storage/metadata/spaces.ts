import type { Transaction } from './database.js';

export interface NewSpace {
  readonly id: string;
  readonly kind: 'group' | 'personal';
  /** Null for a group's space. */
  readonly ownerAccountId: string | null;
  readonly rootEntryId: string;
  /** Null: no limit but the disk. */
  readonly quotaBytes: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Makes a space and the nameless directory that is its root. */
export async function insertSpace(transaction: Transaction, space: NewSpace): Promise<void> {
  await transaction('spaces').insert({
    id: space.id,
    kind: space.kind,
    owner_account_id: space.ownerAccountId,
    root_entry_id: space.rootEntryId,
    quota_bytes: space.quotaBytes,
  });
  await transaction('entries').insert({
    id: space.rootEntryId,
    space_id: space.id,
    parent_id: null,
    kind: 'directory',
    name: '',
    name_key: '',
    sort_key: '',
    state: 'published',
    owner_account_id: space.ownerAccountId,
    created_at: space.createdAt,
    modified_at: space.createdAt,
  });
}
