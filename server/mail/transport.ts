import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { DeliveryError, type Letter } from './mailer.js';

/** A letter as it travels: RFC 5322 bytes with CRLF, and the two addresses of its envelope. */
export interface SealedLetter {
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isImplicitTls: boolean;
  /** `required`: STARTTLS or nothing. `offered`: if the server has it. `none`: never, on loopback. */
  readonly startTls: 'required' | 'offered' | 'none';
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** For tests with a certificate of their own. */
  readonly certificateAuthority?: string;
}

/** Writes a letter as MIME: text and HTML side by side. @throws DeliveryError, permanent, for an address that is none */
export async function composeLetter(letter: Letter): Promise<SealedLetter> {
  assertPlainAddress(letter.to.address);
  const message = new MailComposer({
    messageId: letter.messageId,
    date: letter.date,
    from: letter.from,
    to: { name: onOneLine(letter.to.name), address: letter.to.address },
    subject: onOneLine(letter.subject),
    text: letter.text,
    html: letter.html,
    headers: {
      // Out-of-office answers and ticket systems keep quiet (RFC 3834 section 5).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': letter.language,
    },
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = message.getEnvelope();
  const [to] = envelope.to;
  if (!envelope.from || !to || envelope.to.length !== 1)
    throw new DeliveryError('The address of the sender or recipient is not valid.', true);
  return { from: envelope.from, to, bytes: await message.build() };
}

/** Hands a letter to a mail server. The signal cuts the connection, wherever it stands. @throws DeliveryError */
export async function deliverOverSmtp(
  server: SmtpServer,
  letter: SealedLetter,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw new DeliveryError('Stopped before it was sent.', false);
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.isImplicitTls,
    requireTLS: server.startTls === 'required',
    ignoreTLS: server.startTls === 'none',
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 30_000,
    dnsTimeout: 10_000,
    tls: {
      minVersion: 'TLSv1.2',
      ...(server.certificateAuthority === undefined ? {} : { ca: server.certificateAuthority }),
    },
  });
  try {
    await converse(connection, server, letter, signal);
  } catch (error) {
    throw signal.aborted ? new DeliveryError('The mail server took too long.', false, error) : explain(error);
  } finally {
    connection.close();
  }
}

/** An error may come at any step and outside of any callback, so all steps share one promise. */
function converse(
  connection: SMTPConnection,
  server: SmtpServer,
  { from, to, bytes }: SealedLetter,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      connection.close();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays attached: a late error of a closed connection must not become an uncaught one.
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('The mail server closed the connection.')));
    const send = () =>
      connection.send({ from, to: [to] }, bytes, (error) => {
        signal.removeEventListener('abort', onAbort);
        if (error) return reject(error);
        connection.quit();
        resolve();
      });
    connection.connect((error) => {
      if (error) return reject(error);
      if (!server.credentials) return send();
      const { user, password } = server.credentials;
      connection.login({ user, pass: password }, (refusal) => (refusal ? reject(refusal) : send()));
    });
  });
}

/** Steps at which a 5xx speaks of this letter. Before them it speaks of us: TLS, login, sender; and may be put right. */
const STEPS_ABOUT_THE_LETTER = ['RCPT TO', 'DATA'];

function explain(error: unknown): DeliveryError {
  if (!(error instanceof Error)) return new DeliveryError(String(error), false, error);
  const command = read(error, 'command');
  const code = Number(read(error, 'responseCode') ?? 0);
  const isPermanent = code >= 500 && code <= 599 && STEPS_ABOUT_THE_LETTER.includes(command ?? '');
  return new DeliveryError(read(error, 'response') ?? error.message, isPermanent, error);
}

function read(error: object, name: string): string | undefined {
  const value = Object.entries(error).find(([key]) => key === name)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** One mailbox and nothing else: no list, comment, quoted part or line break that a server could read differently. */
function assertPlainAddress(address: string): void {
  if (!/^[^\s\p{Cc}@<>()[\]\\,;:"]+@[^\s\p{Cc}@<>()[\]\\,;:"]+$/u.test(address))
    throw new DeliveryError('The address of the recipient is not valid.', true);
}

function onOneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
