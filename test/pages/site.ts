import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminRoutes } from '../../admin-ui/index.js';
import { portalRoutes } from '../../portal/index.js';
import { noteRequest } from '../../protocols/arrival.js';
import { type Clock, systemClock } from '../../storage/index.js';
import { createWebApp } from '../../web/app.js';
import { openTestStorage, type TestStorage } from '../support/appliance.js';
import { createVisitor, type Visitor } from './visitor.js';

/** Administers, and belongs to no group. */
export const ADMINISTRATOR = {
  login: 'marc.vuillemin@caf.example.org',
  name: 'Marc Vuillemin',
  side: 'house',
} as const;

export interface LogLine {
  readonly level: 'debug' | 'info' | 'error';
  readonly message: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The pages over a real storage, on a port of their own. */
export interface TestSite {
  readonly test: TestStorage;
  readonly port: number;
  readonly baseUrl: string;
  readonly lines: readonly LogLine[];
  visitor(): Visitor;
  /** A visitor who has come in by the sign-in page. */
  signIn(login: string): Promise<Visitor>;
  close(): Promise<void>;
}

export interface TestSiteOptions {
  readonly clock?: Clock;
  /** The site's own address on loopback unless told. */
  readonly publicUrl?: string;
  /** False leaves the house without an administrator, as before its set-up. */
  readonly hasAdministrator?: boolean;
}

export async function openTestSite(options: TestSiteOptions = {}): Promise<TestSite> {
  const clock = options.clock ?? systemClock;
  const test = await openTestStorage({ clock });
  if (options.hasAdministrator ?? true) {
    const { login, ...person } = ADMINISTRATOR;
    const { password } = test;
    await test.operator.createPerson({ address: login, ...person, isAdministrator: true, password });
  }
  const lines: LogLine[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  const baseUrl = `http://localhost:${port}`;
  const listener = await createWebApp({
    storage: test.storage,
    clock,
    publicUrl: new URL(options.publicUrl ?? baseUrl),
    timeZone: 'Europe/Paris',
    logger: collectLines(lines),
    routes: [portalRoutes, adminRoutes],
  });
  server.on('request', (request, response) => {
    noteRequest(request.socket);
    listener(request, response);
  });
  return {
    test,
    port,
    baseUrl,
    lines,
    visitor: () => createVisitor(port),
    async signIn(login) {
      const visitor = createVisitor(port);
      const reply = await visitor.post('/connexion', { login, password: test.password });
      if (reply.status !== 303) throw new Error(`${login} could not sign in: ${reply.status}`);
      return visitor;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await test.close();
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
  return address.port;
}

function collectLines(lines: LogLine[]) {
  const at = (level: LogLine['level']) => (fields: object, message?: string) =>
    void lines.push({ level, message, fields: { ...fields } });
  return { debug: at('debug'), info: at('info'), error: at('error') };
}
