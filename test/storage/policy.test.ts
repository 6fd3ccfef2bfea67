import { describe, expect, test } from 'vitest';
import type { Role } from '../../storage/index.js';
import { type Act, refusalOf, shownName } from '../../storage/policy.js';

const OWN = { isOwn: true, isPickedUp: false };
const OWN_TAKEN = { isOwn: true, isPickedUp: true };
const OTHERS = { isOwn: false, isPickedUp: false };

/** Columns: read, deposit, replace, remove and rename of one's own, the same once picked up, the same of another's. */
const TABLE: Record<Role, string> = {
  reader: 'ok role | role role role | role role role | role role role',
  contributor: 'ok ok | ok ok ok | ok picked-up picked-up | not-own not-own not-own',
  drop: 'ok ok | ok ok ok | ok picked-up picked-up | not-own not-own not-own',
  writer: 'ok ok | ok ok ok | ok ok ok | ok ok ok',
  manager: 'ok ok | ok ok ok | ok ok ok | ok ok ok',
};
const ROLES = Object.entries(TABLE).map(([role, row]) => ({ role: toRole(role), row }));
const CHANGES: readonly Act[] = ['replace', 'remove', 'rename'];

function toRole(text: string): Role {
  for (const role of ['reader', 'contributor', 'writer', 'manager', 'drop'] as const)
    if (role === text) return role;
  throw new Error(text);
}

describe('the table of who may do what', () => {
  test.each(ROLES)('has for $role: $row', ({ role, row }) => {
    const verdict = (act: Act, relation: typeof OWN | null) => refusalOf(role, act, relation)?.reason ?? 'ok';
    const groups = [
      [verdict('read', null), verdict('deposit', null)],
      ...[OWN, OWN_TAKEN, OTHERS].map((relation) => CHANGES.map((act) => verdict(act, relation))),
    ];
    expect(groups.map((group) => group.join(' ')).join(' | ')).toBe(row);
  });

  test.each(ROLES)('allows $role nothing but reading in an archived group', ({ role }) => {
    expect(refusalOf(role, 'read', null, true)).toBeNull();
    for (const act of ['deposit', ...CHANGES] as const)
      for (const relation of [null, OWN, OWN_TAKEN, OTHERS])
        expect(refusalOf(role, act, relation, true)?.reason).toBe('archived');
  });
});

describe('the name somebody is shown under', () => {
  const person = { name: 'Claire Moreau', side: 'house' } as const;
  test('is the house for partners, unless the group shows its people', () => {
    expect(shownName(person, { side: 'partner', showsHousePeople: false }, 'La CAF')).toBe('La CAF');
    expect(shownName(person, { side: 'partner', showsHousePeople: true }, 'La CAF')).toBe('Claire Moreau');
    expect(shownName(person, { side: 'house', showsHousePeople: false }, 'La CAF')).toBe('Claire Moreau');
  });
  test('is a partner’s own for everybody', () => {
    const partner = { name: 'Nadia Benali', side: 'partner' } as const;
    for (const side of ['house', 'partner'] as const)
      expect(shownName(partner, { side, showsHousePeople: false }, 'La CAF')).toBe('Nadia Benali');
  });
});
