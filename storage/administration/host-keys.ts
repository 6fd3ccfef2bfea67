import type { Administration } from '../administration.js';
import type { Acts } from './acts.js';

/** What is done with the SFTP door's host keys is an act of administration, though their files are not in the database. */
export function createHostKeyActs(acts: Acts): Pick<Administration, 'recordHostKey'> {
  return {
    recordHostKey: (action, fingerprint) =>
      acts.perform(({ record }) => record({ action, target: fingerprint ?? undefined })),
  };
}
