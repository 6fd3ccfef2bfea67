import { randomBytes } from 'node:crypto';
import { STATUS } from '../protocols/status.js';
import { StorageError } from '../storage/index.js';
import { sendAnswer } from './answers.js';
import { LinkButton } from './components/button.js';
import type { IconName } from './components/icon.js';
import { HttpStatus } from './http-status.js';
import type { Words } from './i18n/words.js';
import { Calm } from './layout/calm.js';
import { Refusal, type RefusalKey } from './refusal.js';
import type { RequestLogger } from './request-log.js';
import type { Visit } from './routes.js';
import type { Visits } from './visits.js';
import type { WebMiddleware, WebRequest } from './web-state.js';

type FailureKey = Exclude<keyof Words['failures'], 'reference'>;

interface Failure {
  readonly key: FailureKey;
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
}

/** Whatever went wrong below becomes a calm page with a reference; what nobody foresaw is logged with its stack. */
export function createFailurePages(visits: Visits, logger: RequestLogger): WebMiddleware {
  return async (request, next) => {
    try {
      await next();
      const failure = unanswered(request);
      if (failure) await showFailure(visits, request, failure);
    } catch (error) {
      const reference = nameReference(request);
      const failure = failureOf(error);
      if (failure.status >= HttpStatus.serverError)
        logger.error({ door: 'web', reference, err: error }, 'fault');
      // Bytes have left already: ending the connection is the only way to say that they are not all.
      if (request.res.headersSent) request.res.destroy();
      else await showFailure(visits, request, failure);
    }
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof StorageError)
    return {
      key: error.reason === 'tree-size' ? 'tree-size' : error.code,
      status: STATUS[error.code].http,
      retryAfterSeconds: error.retryAfterSeconds,
    };
  if (error instanceof Refusal) return { key: error.key, status: error.status };
  return { key: 'fault', status: HttpStatus.serverError };
}

/** Neither page nor redirect: the router knew no such path, or not with that method. */
function unanswered(request: WebRequest): Failure | undefined {
  const { status } = request;
  if (request.respond === false || status < HttpStatus.badRequest || request.body != null) return undefined;
  const key: RefusalKey | 'not-found' = status === HttpStatus.notFound ? 'not-found' : 'method-not-allowed';
  return { key, status: key === 'not-found' ? HttpStatus.notFound : HttpStatus.methodNotAllowed };
}

async function showFailure(visits: Visits, request: WebRequest, failure: Failure): Promise<void> {
  const visit = await visits
    .open(request, { params: {}, form: new Map() })
    .catch(() => visits.openBare(request));
  if (failure.retryAfterSeconds !== undefined)
    request.set('Retry-After', String(Math.ceil(failure.retryAfterSeconds)));
  request.respond = true;
  const page = <FailurePage visit={visit} failure={failure} reference={nameReference(request)} />;
  sendAnswer(request, visit, { kind: 'page', status: failure.status, page });
}

function nameReference(request: WebRequest): string {
  request.state.reference ??= `P-${randomBytes(3).toString('hex').toUpperCase()}`;
  return request.state.reference;
}

const ICONS: Partial<Record<FailureKey, IconName>> = {
  'not-found': 'folder',
  throttled: 'clock',
  unavailable: 'clock',
  gone: 'clock',
  forbidden: 'key',
  'cross-site': 'shield',
  locked: 'key',
};

interface FailurePageProps {
  readonly visit: Visit;
  readonly failure: Failure;
  readonly reference: string;
}

function FailurePage({ visit, failure, reference }: FailurePageProps) {
  const { failures, kit } = visit.words;
  const { title, text } = failures[failure.key];
  const home = failure.key === 'unknown-host' ? visit.context.publicUrl.href : '/';
  return (
    <Calm
      visit={visit}
      title={title}
      icon={ICONS[failure.key] ?? 'cross'}
      text={text}
      actions={
        <LinkButton look="filled" href={home}>
          {visit.session === null && failure.key !== 'unknown-host' ? kit.signIn : kit.home}
        </LinkButton>
      }
      note={
        <>
          {failures.reference} <code>{reference}</code>
        </>
      }
    />
  );
}
