import { expect, test } from 'vitest';
import { CRASH_LABELS } from '../../storage/crash-points.js';
import { MAIL_DEATHS, MIGRATION_DEATHS, RECOVERY_DEATHS, SWEEPER_DEATHS } from './background.js';
import { DELIVERIES } from './deliveries.js';
import { DEPOSITS } from './deposits.js';
import { RESTORATIONS } from './restorations.js';
import { TREE_ACTS } from './tree-acts.js';

test('every label of the code is one where some operation dies', () => {
  const inDoors = [...DEPOSITS, ...DELIVERIES, ...TREE_ACTS, ...RESTORATIONS].flatMap(({ outcomes }) =>
    outcomes.flatMap(({ labels, tried }) => tried ?? labels),
  );
  const onItsOwn = [...MIGRATION_DEATHS, ...RECOVERY_DEATHS, ...SWEEPER_DEATHS, ...MAIL_DEATHS];
  const tried = new Set([...inDoors, ...onItsOwn.map(({ label }) => label)]);
  expect([...tried].sort()).toEqual(Object.keys(CRASH_LABELS).sort());
});
