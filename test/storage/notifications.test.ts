import { describe, expect, test } from 'vitest';
import type { Role } from '../../storage/index.js';
import { type Announcement, planNotifications } from '../../storage/notifications.js';

const AT = new Date('2026-06-30T08:00:00Z');
const WINDOW = { quietSeconds: 120, latestSeconds: 900 };
const published = { state: 'published', privateTo: '', ownerAccountId: 'nadia' } as const;
const member = (accountId: string, role: Role) => ({ accountId, role });

function announcement(changes: Partial<Announcement> = {}): Announcement {
  return { groupId: 'g', versionId: 'v1', depositorAccountId: 'nadia', entry: published, ...changes };
}

describe('the plan of who is told', () => {
  const everybody = [
    member('claire', 'writer'),
    member('nadia', 'contributor'),
    member('julien', 'reader'),
    member('marc', 'manager'),
    member('denis', 'drop'),
  ];

  test('has one item and one mail for each member who sees the file, the depositor left out', () => {
    const plan = planNotifications([announcement()], everybody, WINDOW, AT);
    expect(plan.mails.map((mail) => mail.account_id)).toEqual(['claire', 'julien', 'marc']);
    expect(plan.items.map((item) => item.collect_key)).toEqual(['claire/g', 'julien/g', 'marc/g']);
  });

  test('gathers several files in one mail a member', () => {
    const plan = planNotifications(
      [announcement(), announcement({ versionId: 'v2' })],
      everybody,
      WINDOW,
      AT,
    );
    expect(plan.mails).toHaveLength(3);
    expect(plan.items.map((item) => item.version_id)).toEqual(['v1', 'v1', 'v1', 'v2', 'v2', 'v2']);
  });

  test.each([
    { ...published, state: 'reserved', ownerAccountId: 'claire' } as const,
    { ...published, state: 'held', ownerAccountId: 'claire' } as const,
    { ...published, privateTo: 'claire', ownerAccountId: 'claire' } as const,
  ])('is empty for what is not there for all: %j', (entry) => {
    expect(planNotifications([announcement({ entry })], everybody, WINDOW, AT)).toEqual({
      items: [],
      mails: [],
    });
  });

  test.each([
    [{ quietSeconds: 120, latestSeconds: 900 }, 120, 900],
    [{ quietSeconds: 0, latestSeconds: 900 }, 0, 900],
    [{ quietSeconds: 1800, latestSeconds: 900 }, 1800, 1800],
  ])('lets the mail wait as %j says', (window, quiet, latest) => {
    const [mail] = planNotifications([announcement()], everybody, window, AT).mails;
    expect(mail?.due_at).toBe(AT.getTime() + quiet * 1000);
    expect(mail?.latest_at).toBe(AT.getTime() + latest * 1000);
  });
});
