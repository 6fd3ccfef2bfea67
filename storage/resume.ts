import { crashPoint } from './crash-points.js';
import { type AdmittedDeposit, admitDeposit } from './deposit-admission.js';
import { isStorageError, StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { EntryRecord } from './metadata/entries.js';
import { parkUpload, reopenUpload, type UploadRecord } from './metadata/uploads.js';
import { formatPath } from './paths.js';
import { endParked, endReopened, findOwn, type UploadHome } from './pending-uploads.js';
import { baseChanged } from './publication.js';
import { withRefusals } from './records.js';
import { reopenStaging, type Staging } from './staging.js';
import { createUpload, type Upload } from './upload.js';

const OPTIONS = { base: 'current', mode: 'create-or-replace' } as const;

/**
 * Goes on with a parked upload of one's own, admitted as if it began now; its bytes end where it was parked. The caller ends it.
 * @throws not-found, locked (reason `being-written`) while another session goes on with it, precondition-failed (reason
 * `base-changed`) when the name holds another content by now, and corrupt when the bytes are damaged: both end the upload
 */
export async function resumeUpload(visit: Visit, id: string): Promise<Upload> {
  const { record, home } = await findOwn(visit, id);
  const facts = { action: 'deposit', path: home.path } as const;
  return withRefusals(visit, home.membership, facts, async () => {
    const { place, holder, content } = await admitAgain(visit, record, home);
    const base = { version_id: record.base_version_id };
    if (record.state === 'parked' && base.version_id !== (content?.version_id ?? null)) {
      await endParked(visit, record, { outcome: 'refused', reason: 'base-changed' });
      throw baseChanged();
    }
    const now = visit.clock.now().getTime();
    if (!(await visit.database.writeRelaxed((transaction) => reopenUpload(transaction, id, now))))
      throw beingWritten(home);
    crashPoint('upload-reopened');
    const staging = await openStagingOf(visit, record, holder);
    const { membership, path } = place;
    return createUpload(visit, { membership, path, base, options: OPTIONS, staging });
  });
}

/** Its folder may have been moved, which it follows, or have gone and another taken the name. */
async function admitAgain(visit: Visit, record: UploadRecord, home: UploadHome): Promise<AdmittedDeposit> {
  const admitted = await admitDeposit(visit.database.reader, visit, home.path, OPTIONS);
  if (admitted.place.parent.id === record.parent_id) return admitted;
  throw new StorageError('parent-missing', 'The folder this would lie in does not exist.', {
    subject: formatPath(home.path),
  });
}

async function openStagingOf(
  visit: Visit,
  record: UploadRecord,
  holder: EntryRecord | undefined,
): Promise<Staging> {
  const plan = {
    spaceId: record.space_id,
    parentId: record.parent_id,
    name: record.name,
    declaredSizeBytes: record.declared_size_bytes ?? undefined,
    creditBytes: holder?.size_bytes ?? 0,
    baseVersionId: record.base_version_id,
    baseSizeBytes: record.base_size_bytes,
    keptBytes: record.kept_bytes,
    base: undefined,
  };
  try {
    return await reopenStaging(visit, plan, record);
  } catch (error) {
    if (isStorageError(error, 'corrupt'))
      await endReopened(visit, record, { outcome: 'aborted', reason: 'damaged' });
    else {
      await visit.database.write((transaction) => parkUpload(transaction, record.id, asParked(record)));
      visit.parkedAccounts.note(record.account_id);
    }
    throw error;
  }
}

function asParked({ received_bytes, updated_at, expires_at }: UploadRecord) {
  return { received_bytes, updated_at, expires_at };
}

function beingWritten(home: UploadHome): StorageError {
  return new StorageError('locked', 'This file is being written in another session.', {
    reason: 'being-written',
    subject: formatPath(home.path),
  });
}
