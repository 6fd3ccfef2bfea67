import { randomBytes } from 'node:crypto';
import type { Clock, Origin, Role, Side, Storage, Workspace } from '../storage/index.js';
import { parsePath } from '../storage/index.js';

export interface DemoAccount {
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly password: string;
  readonly isAdministrator: boolean;
}

export interface DemoContent {
  readonly administrator: DemoAccount;
  readonly agent: DemoAccount;
  readonly partners: readonly DemoAccount[];
  readonly groupDirectory: string;
}

const GROUP_NAME = 'Crèche Les Lutins';
const ORIGIN: Origin = { door: 'command', address: '127.0.0.1' };
const MAIL_PATIENCE_MS = 20_000;

/** Fills an empty appliance with an invented group, its people and documents, and waits until their mails are written. */
export async function plantDemo(storage: Storage, clock: Clock): Promise<DemoContent> {
  const administrator = invent('Marc Vuillemin', 'house', true);
  const agent = invent('Claire Moreau', 'house');
  const nadia = invent('Nadia Benali', 'partner');
  const hugo = invent('Hugo Lemaire', 'partner');
  await setUp(storage, administrator);
  const administration = storage.operate();
  for (const { login, name, side, password } of [agent, nadia, hugo])
    await administration.createPerson({ address: login, name, side, password, language: 'fr' });
  const group = await administration.createGroup({ name: GROUP_NAME, quotaBytes: 20_000_000_000 });
  const roles: readonly [DemoAccount, Role][] = [
    [agent, 'manager'],
    [nadia, 'contributor'],
    [hugo, 'contributor'],
  ];
  for (const [member, role] of roles) await administration.setMember(group.name, member.login, role);
  await depositAll(await enter(storage, agent), group.directory, FROM_THE_HOUSE);
  await depositAll(await enter(storage, nadia), group.directory, FROM_A_PARTNER);
  await untilMailsAreOut(storage, clock);
  return { administrator, agent, partners: [nadia, hugo], groupDirectory: group.directory };
}

function invent(name: string, side: Side, isAdministrator = false): DemoAccount {
  const login = `${name.toLowerCase().replace(' ', '.')}@example.org`;
  return { login, name, side, isAdministrator, password: randomBytes(18).toString('base64url') };
}

async function setUp({ enrolment }: Storage, first: DemoAccount): Promise<void> {
  const token = await enrolment.issueSetUpToken();
  if (token === null) throw new Error('The demonstration needs an empty data folder.');
  const { name, login: address, password } = first;
  const person = { houseName: 'CAF de démonstration', name, address, password, language: 'fr' } as const;
  await enrolment.setUp(token, person, ORIGIN);
}

async function enter(storage: Storage, { login, password }: DemoAccount): Promise<Workspace> {
  return storage.open(await storage.authenticate({ kind: 'password', login, password }, ORIGIN));
}

async function depositAll(
  workspace: Workspace,
  directory: string,
  documents: readonly (readonly [path: string, text: string])[],
): Promise<void> {
  for (const [path, text] of documents) {
    const folder = path.split('/').slice(0, -1).join('/');
    if (folder !== '') await workspace.createDirectory(parsePath(`${directory}/${folder}`));
    const upload = await workspace.put(parsePath(`${directory}/${path}`), { base: 'empty', mode: 'create' });
    await upload.write(Buffer.from(text), 0);
    await upload.commit();
  }
}

async function untilMailsAreOut(storage: Storage, clock: Clock): Promise<void> {
  const patienceEndsAt = clock.now().getTime() + MAIL_PATIENCE_MS;
  while (clock.now().getTime() < patienceEndsAt) {
    const mails = await storage.operate().outbox();
    if (mails.every(({ state }) => state === 'sent' || state === 'failed')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const FROM_THE_HOUSE = [
  [
    'Droits ouverts juin 2026.csv',
    '\ufeffdossier;enfant;quotient familial;tarif horaire\r\nA-1042;Lina;812;1,24\r\nA-1057;Noé;1460;2,11\r\nA-1093;Inès;655;0,98\r\n',
  ],
  [
    'Conventions/Convention PSU 2026.txt',
    'Convention d’objectifs et de financement 2026\n\nExemple inventé pour la démonstration de PEPS.\n',
  ],
] as const;

const FROM_A_PARTNER = [
  [
    'Relevé de présence mai 2026.csv',
    '\ufeffdossier;heures facturées;heures réalisées\r\nA-1042;118;112\r\nA-1057;96;96\r\nA-1093;140;131\r\n',
  ],
] as const;
