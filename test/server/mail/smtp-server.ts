import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As sent, headers and all. */
  readonly text: string;
  readonly isEncrypted: boolean;
}

export interface TestSmtpSettings {
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly isImplicitTls?: boolean;
  /** Answers one step with a refusal; `only` limits it to one recipient. */
  readonly refuse?: {
    readonly at: 'connect' | 'mail' | 'rcpt' | 'data';
    readonly code: number;
    readonly text: string;
    readonly only?: string;
  };
  readonly hangUpAt?: 'data';
}

export interface TestSmtpServer {
  readonly url: URL;
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it is sent. */
export async function startSmtpServer(settings: TestSmtpSettings): Promise<TestSmtpServer> {
  const received: ReceivedMail[] = [];
  const { refuse, credentials, certificate } = settings;
  const answer = (at: string, subject: string, callback: (error?: Error | null) => void) =>
    refuse?.at === at && (refuse.only === undefined || refuse.only === subject)
      ? callback(Object.assign(new Error(refuse.text), { responseCode: refuse.code }))
      : callback();
  const server = new SMTPServer({
    secure: settings.isImplicitTls === true,
    ...certificate,
    hideSTARTTLS: certificate === undefined,
    authOptional: credentials === undefined,
    allowInsecureAuth: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, callback) =>
      username === credentials?.user && password === credentials?.password
        ? callback(null, { user: username })
        : callback(new Error('Wrong name or password')),
    onConnect: (_session, callback) => answer('connect', '', callback),
    onMailFrom: ({ address }, _session, callback) => answer('mail', address, callback),
    onRcptTo: ({ address }, _session, callback) => answer('rcpt', address, callback),
    onData(stream, session, callback) {
      const { mailFrom, rcptTo } = session.envelope;
      if (settings.hangUpAt === 'data') {
        stream.once('data', () => {
          for (const connection of server.connections) connection.close();
        });
        return;
      }
      void text(stream).then((body) => {
        const to = rcptTo.map(({ address }) => address);
        if (refuse?.at !== 'data')
          received.push({
            from: mailFrom ? mailFrom.address : '',
            to,
            text: body,
            isEncrypted: session.secure,
          });
        answer('data', to[0] ?? '', callback);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: new URL(`${settings.isImplicitTls ? 'smtps' : 'smtp'}://127.0.0.1:${port}`),
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
