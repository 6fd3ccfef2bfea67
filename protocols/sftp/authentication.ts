import ssh2, { type AuthContext, type AuthenticationType, type PublicKeyAuthContext } from 'ssh2';
import {
  type Credential,
  isStorageError,
  type Origin,
  type Session,
  type Storage,
} from '../../storage/index.js';
import { SftpStatus } from '../status.js';
import { describeFailure } from './failure.js';
import type { SftpLimits } from './limits.js';
import { elapsedMs, type SftpLogger } from './log.js';

/** What the sign-in of one connection stands on. */
export interface AuthenticationOptions {
  readonly storage: Storage;
  readonly origin: Origin;
  readonly limits: SftpLimits;
  readonly logger: SftpLogger;
  /** Called before the client hears of its success; false refuses it after all (too many sessions, connection gone). */
  admit(session: Session): boolean;
  /** Ends a connection that tried too often. */
  disconnect(): void;
}

const METHODS: AuthenticationType[] = ['publickey', 'password'];
/** Signed with SHA-1 when the client names no hash: RSA counts only with one (RFC 8332). */
const KEYS_WITHOUT_HASH = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]);

/**
 * Answers ssh2's `authentication` events of one connection: password, and public key in its two rounds (RFC 4252 section 7).
 * Anything unforeseen, an exception above all, is a refusal.
 */
export function createAuthenticator(options: AuthenticationOptions): (context: AuthContext) => void {
  const { limits } = options;
  let tries = 0;
  let keyOffers = 0;
  let isOver = false;

  function giveUp(context: AuthContext): void {
    isOver = true;
    context.reject(METHODS);
    options.disconnect();
  }

  async function decide(context: AuthContext): Promise<void> {
    if (isOver) return context.reject(METHODS);
    const attempt = readAttempt(context);
    if (!attempt) return context.reject(METHODS);
    if (attempt.kind === 'offer') {
      keyOffers += 1;
      if (keyOffers > limits.keyOffers) return giveUp(context);
      const isAccepted = await options.storage.acceptsKey(context.username, attempt.publicKey);
      return isAccepted ? context.accept() : context.reject(METHODS);
    }
    tries += 1;
    const verdict = await signIn(attempt, options);
    if (verdict === 'admitted') {
      isOver = true;
      context.accept();
    } else if (verdict === 'over' || tries >= limits.passwordTries) giveUp(context);
    else context.reject(METHODS);
  }

  return (context) => {
    decide(context).catch((error: unknown) => {
      const { reason, incident } = describeFailure(error);
      const address = options.origin.address;
      options.logger.error({ door: 'sftp', act: 'sign-in', address, reason, incident, error }, 'sign-in');
      context.reject(METHODS);
    });
  };
}

interface Offer {
  readonly kind: 'offer';
  readonly publicKey: Buffer;
}

interface SignIn {
  readonly kind: 'sign-in';
  readonly method: string;
  /** Absent when the signature is not the key's. */
  readonly credential?: Credential;
}

/** Undefined for what is not served: none, keyboard-interactive, hostbased, a change of password. */
function readAttempt(context: AuthContext): Offer | SignIn | undefined {
  const { username: login, method } = context;
  if (context.method === 'password') {
    // ssh2 hands over an object when the client asks to change the password.
    const { password } = context;
    if (typeof password !== 'string') return undefined;
    return { kind: 'sign-in', method, credential: { kind: 'password', login, password } };
  }
  if (context.method !== 'publickey' || !isServedKey(context)) return undefined;
  const publicKey = context.key.data;
  if (context.signature === undefined) return { kind: 'offer', publicKey };
  if (!isSignedByKey(context)) return { kind: 'sign-in', method };
  return { kind: 'sign-in', method, credential: { kind: 'ssh-key', login, publicKey } };
}

function isServedKey({ key, hashAlgo }: PublicKeyAuthContext): boolean {
  return key.algo === 'ssh-rsa' ? hashAlgo !== undefined : KEYS_WITHOUT_HASH.has(key.algo);
}

function isSignedByKey({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
  if (!blob || !signature) return false;
  const parsed = ssh2.utils.parseKey(key.data);
  if (parsed instanceof Error || parsed.type !== key.algo) return false;
  return parsed.verify(blob, signature, hashAlgo) === true;
}

/** `over`: no further try makes sense on this connection. */
type Verdict = 'admitted' | 'refused' | 'over';

async function signIn(attempt: SignIn, options: AuthenticationOptions): Promise<Verdict> {
  const startedAtMs = performance.now();
  const { account, reason, verdict } = await verify(attempt.credential, options);
  options.logger.info(
    {
      door: 'sftp',
      act: 'sign-in',
      method: attempt.method,
      status: verdict === 'admitted' ? SftpStatus.ok : SftpStatus.permissionDenied,
      ...(reason !== undefined && { reason }),
      ...(account !== undefined && { account }),
      address: options.origin.address,
      durationMs: elapsedMs(startedAtMs),
    },
    'sign-in',
  );
  return verdict;
}

async function verify(
  credential: Credential | undefined,
  { storage, origin, admit }: AuthenticationOptions,
): Promise<{ verdict: Verdict; reason?: string; account?: string }> {
  if (!credential) return { verdict: 'refused', reason: 'signature' };
  try {
    const session = await storage.authenticate(credential, origin);
    const account = session.account.login;
    return admit(session)
      ? { verdict: 'admitted', account }
      : { verdict: 'over', reason: 'sessions', account };
  } catch (error) {
    if (!isStorageError(error)) throw error;
    const verdict = error.code === 'throttled' ? 'over' : 'refused';
    return { verdict, reason: error.reason ?? error.code };
  }
}
