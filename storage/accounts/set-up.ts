import type { Enrolment } from '../enrolment.js';
import { findAccountById } from '../metadata/accounts.js';
import { readInstallation, setHouseName } from '../metadata/installation.js';
import { storePassword } from './account-changes.js';
import { accountViewOf } from './account-views.js';
import { type EnrolmentParts, performEnrolment, recordOwnAct } from './enrolment-acts.js';
import { parseAddress, parseDisplayName } from './logins.js';
import { insertPerson } from './new-accounts.js';
import { assertGoodPassword } from './passwords.js';
import { linkGone } from './tokens.js';

/** The first administrator: possible once, with the link from the console. */
export function createSetUp(
  parts: EnrolmentParts,
): Pick<Enrolment, 'isSetUp' | 'issueSetUpToken' | 'setUpLink' | 'setUp'> {
  const { database, passwords, tokens } = parts;

  async function isSetUp(): Promise<boolean> {
    return (await readInstallation(database.reader)).setUpAt !== null;
  }

  return {
    isSetUp,

    issueSetUpToken: () =>
      database.write(async (transaction) => {
        if ((await readInstallation(transaction)).setUpAt !== null) return null;
        return (await tokens.issue(transaction, 'set-up', null)).token;
      }),

    async setUpLink(token) {
      const { state } = await tokens.find(database.reader, 'set-up', token);
      return state === 'valid' && (await isSetUp()) ? 'used' : state;
    },

    async setUp(token, first, origin) {
      const link = await tokens.find(database.reader, 'set-up', token);
      if (link.state !== 'valid') throw linkGone(link.state);
      const address = parseAddress(first.address);
      const houseName = parseDisplayName(first.houseName);
      parseDisplayName(first.name);
      assertGoodPassword(first.password, { address: address.address, organisation: houseName });
      const secretHash = await passwords.hash(first.password);
      return performEnrolment(parts, async (transaction, now) => {
        if ((await readInstallation(transaction)).setUpAt !== null) throw linkGone('used');
        await tokens.consume(transaction, link.id);
        await setHouseName(transaction, houseName, now.getTime());
        const { name, language } = first;
        const id = await insertPerson(transaction, now, {
          ...{ address, name, language },
          side: 'house',
          state: 'active',
          isAdministrator: true,
        });
        await storePassword(transaction, now, id, secretHash);
        const account = await findAccountById(transaction, id);
        if (!account) throw linkGone('unknown');
        await recordOwnAct(transaction, now, 'set-up', account, origin);
        return accountViewOf(account);
      });
    },
  };
}
