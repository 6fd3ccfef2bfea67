import type { Visit } from '../foundations.js';
import type { EntryRecord } from '../metadata/entries.js';
import type { Membership } from '../metadata/memberships.js';
import { isManifestName, isPrivateName } from '../names.js';

/** Whether what this session deposits under a name waits for a manifest, or is one. */
export function isHeldDeposit(
  { session }: Pick<Visit, 'session'>,
  { manifests }: Pick<Membership, 'manifests'>,
  name: string,
): boolean {
  if (session.account.kind !== 'service' || session.origin.door !== 'sftp' || isPrivateName(name))
    return false;
  // Switched off while something waits: the manifest for it is still taken as one.
  return manifests === 'on' || (manifests === 'ending' && isManifestName(name));
}

/** Something of the manifests' that its account alone sees: whatever it puts there goes on being so, through any door. */
export function isWithheld(record: Pick<EntryRecord, 'state'> | undefined): boolean {
  return record?.state === 'held' || record?.state === 'settled';
}
