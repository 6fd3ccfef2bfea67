import { isLoopback } from '../loopback.js';
import type { Mailer } from './mailer.js';
import { composeLetter, deliverOverSmtp, type SmtpServer } from './transport.js';

export interface SmtpMailerOptions {
  /** `smtp://` or `smtps://`, with user and password if the server wants them. */
  readonly url: URL;
  /** Sends without TLS to another machine when that has none. */
  readonly allowsPlain: boolean;
  /** PEM of the authority to believe, in place of the system's. */
  readonly certificateAuthority?: string;
}

/** Sends over SMTP, one connection per letter, so that no letter suffers from another's refusal. */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
  const server = readServer(options);
  return {
    async send(letter, signal) {
      await deliverOverSmtp(server, await composeLetter(letter), signal);
    },
  };
}

const SMTPS_PORT = 465;
const SUBMISSION_PORT = 587;

function readServer({ url, allowsPlain, certificateAuthority }: SmtpMailerOptions): SmtpServer {
  const isImplicitTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  const isNear = host === 'localhost' || isLoopback(host);
  const user = decodeURIComponent(url.username);
  return {
    host,
    port: Number(url.port) || (isImplicitTls ? SMTPS_PORT : SUBMISSION_PORT),
    isImplicitTls,
    startTls: isNear ? 'none' : allowsPlain ? 'offered' : 'required',
    credentials: user === '' ? null : { user, password: decodeURIComponent(url.password) },
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  };
}
