import { Alert } from '../web/components/alert.js';
import { CopyCode } from '../web/components/copy-code.js';
import { PageHead } from '../web/components/page-head.js';
import type { MemberVisit, Route } from '../web/routes.js';
import { ASSISTANT_PATH, DRIVE_PATH } from './addresses.js';
import { driveAssistant } from './drive-assistant.js';
import {
  addressOf,
  type DriveProps,
  Errors,
  GoodToKnow,
  isEncrypted,
  Linux,
  Steps,
  Windows,
} from './drive-guide.js';
import { chooseSystem, SYSTEMS } from './drive-system.js';
import { PortalPage } from './portal-page.js';

/** « Connecter un lecteur réseau »: what one's computer asks for, how to do it, what may go wrong. */
const driveRoute: Route = {
  act: 'drive',
  method: 'GET',
  path: DRIVE_PATH,
  access: 'member',
  async handle(visit) {
    const system = chooseSystem(visit.query.get('systeme'), visit.request.headers['user-agent']);
    return { kind: 'page', page: <DrivePage visit={visit} system={system} /> };
  },
};

/** The command file for Windows, made for this address and this account. */
const assistantRoute: Route = {
  act: 'drive-assistant',
  method: 'GET',
  path: ASSISTANT_PATH,
  access: 'member',
  async handle(visit) {
    if (!isEncrypted(visit)) return { kind: 'redirect', to: DRIVE_PATH };
    const facts = { address: addressOf(visit), login: visit.session.account.login };
    const text = Buffer.from(driveAssistant(facts, visit.words.driveAssistant));
    visit.response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment; filename="connecter-peps.cmd"',
      'Content-Length': String(text.length),
      'Cache-Control': 'no-store',
    });
    visit.response.end(text);
    return { kind: 'delivered' };
  },
};

export const driveRoutes: readonly Route[] = [driveRoute, assistantRoute];

function DrivePage({ visit, system }: DriveProps) {
  const words = visit.words.drive;
  return (
    <PortalPage visit={visit} title={words.title} islands={['copy']}>
      <PageHead title={words.title} lead={words.lead} />
      {isEncrypted(visit) ? null : (
        <Alert tone="look" title={words.insecure.title} isNews={false}>
          {words.insecure.text}
        </Alert>
      )}
      <Asked visit={visit} />
      <nav class="tabs" aria-label={words.systems.label}>
        {SYSTEMS.map((one) => (
          <a href={`${DRIVE_PATH}?systeme=${one}`} aria-current={one === system ? 'page' : undefined}>
            {words.systems[one]}
          </a>
        ))}
      </nav>
      {system === 'windows' ? <Windows visit={visit} /> : null}
      {system === 'mac' ? <Steps steps={words.mac.steps} /> : null}
      {system === 'linux' ? <Linux visit={visit} /> : null}
      <GoodToKnow visit={visit} system={system} />
      {system === 'windows' ? <Errors visit={visit} /> : null}
    </PortalPage>
  );
}

function Asked({ visit }: { readonly visit: MemberVisit }) {
  const { asked } = visit.words.drive;
  const { kit } = visit.words;
  return (
    <section class="panel asked">
      <h2>{asked.title}</h2>
      <dl class="pairs">
        <div>
          <dt>{asked.address}</dt>
          <dd>
            <CopyCode text={addressOf(visit).href} label={asked.copyAddress} words={kit} />
            <p>{asked.addressNote}</p>
          </dd>
        </div>
        <div>
          <dt>{asked.login}</dt>
          <dd>
            <CopyCode text={visit.session.account.login} label={asked.copyLogin} words={kit} />
            <p>{asked.loginNote}</p>
          </dd>
        </div>
        <div>
          <dt>{asked.password}</dt>
          <dd>
            <p>{asked.passwordNote}</p>
          </dd>
        </div>
      </dl>
    </section>
  );
}
