import { z } from 'zod';
import { parsePath, StorageError } from '../../storage/index.js';
import { explain } from '../../web/explain.js';
import { readBody } from '../../web/forms.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { FOLDERS_PATH, INTAKE_PATH } from '../addresses.js';
import { makeFolders } from './folders.js';
import { judge, type Verdict } from './intake.js';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_FILES = 500;

const INTAKE = z.strictObject({
  directory: z.string(),
  files: z
    .array(z.strictObject({ path: z.string().max(4096), sizeBytes: z.number().int().min(0) }))
    .max(MAX_FILES),
});
const FOLDERS = z.strictObject({
  directory: z.string(),
  folders: z.array(z.string().max(4096)).max(MAX_FILES),
});

/** What our own script asks before it sends: JSON in, JSON out, at most 500 names a time. */
export const intakeRoutes: readonly Route[] = [
  {
    act: 'upload-intake',
    method: 'POST',
    path: INTAKE_PATH,
    access: 'member',
    asker: 'script',
    handle: judgeFiles,
  },
  {
    act: 'upload-folders',
    method: 'POST',
    path: FOLDERS_PATH,
    access: 'member',
    asker: 'script',
    handle: createFolders,
  },
];

/** @returns `{ verdicts }`, in the order of the files */
async function judgeFiles(visit: MemberVisit): Promise<Answer> {
  const { directory, files } = parse(INTAKE, await readBody(visit.request, MAX_BODY_BYTES));
  const workspace = visit.context.storage.open(visit.session);
  const verdicts = await judge(workspace, parsePath(directory), files);
  return { kind: 'data', data: { verdicts: verdicts.map((verdict) => shown(visit, verdict)) } };
}

/** @returns `{ made }` */
async function createFolders(visit: MemberVisit): Promise<Answer> {
  const { directory, folders } = parse(FOLDERS, await readBody(visit.request, MAX_BODY_BYTES));
  const workspace = visit.context.storage.open(visit.session);
  return { kind: 'data', data: { made: await makeFolders(workspace, parsePath(directory), folders) } };
}

function shown(visit: MemberVisit, verdict: Verdict): object {
  if (verdict.kind === 'free') return verdict;
  if (verdict.kind === 'refused')
    return { kind: 'refused', sentence: explain(verdict.error, visit.words).sentence };
  const { by } = verdict;
  if (by.kind === 'directory')
    return { kind: 'refused', sentence: visit.words.refusals.codes['is-a-directory'] };
  const { format, words } = visit;
  const who = by.depositor.id === visit.session.account.id ? words.portal.home.you : by.depositor.name;
  return {
    kind: 'taken',
    facts: [format.size(by.sizeBytes), who, format.instant(by.depositedAt)].join(' · '),
  };
}

function parse<Shape>(schema: z.ZodType<Shape>, body: Buffer): Shape {
  try {
    return schema.parse(JSON.parse(body.toString('utf8')));
  } catch (error) {
    throw new StorageError('invalid-input', 'The request is not what it should be.', { cause: error });
  }
}
