import type { AccountView, Language, Origin } from './model.js';

export type LinkState = 'valid' | 'used' | 'expired' | 'unknown';

export interface LinkView {
  readonly state: LinkState;
  /** Whose link it is; absent when unknown. */
  readonly account?: { readonly login: string; readonly name: string; readonly language: Language };
}

/** Links that stand in for a password: looking at one changes nothing, only the act with a valid password uses it up. */
export interface Enrolment {
  /** False until the first administrator exists. */
  isSetUp(): Promise<boolean>;
  /** A one-use token for the set-up page, valid one hour; null once set up. Each call revokes the former one. */
  issueSetUpToken(): Promise<string | null>;
  setUpLink(token: string): Promise<LinkState>;
  /** Creates the first administrator, of the house. @throws gone (used, expired, unknown), invalid-input */
  setUp(
    token: string,
    first: { houseName: string; name: string; address: string; password: string; language: Language },
    origin: Origin,
  ): Promise<AccountView>;
  invitation(token: string): Promise<LinkView>;
  /** The version of the house's terms to accept at activation; undefined where it has none. */
  termsToAccept(): Promise<number | undefined>;
  /**
   * `acceptedTerms`: the version that was accepted. @throws gone (reason `used`, `expired`, `unknown`), invalid-input (reason
   * `password-…`; `terms` for other terms than those in force)
   */
  activate(token: string, password: string, origin: Origin, acceptedTerms?: number): Promise<AccountView>;
  /** Sends a new invitation in place of one that expired or got lost; silent for a token nobody knows or an active account. */
  renewInvitation(token: string, origin: Origin): Promise<void>;
  /** Queues a reset mail for an active person; the same answer and work for every address. */
  requestPasswordReset(address: string, origin: Origin): Promise<void>;
  passwordReset(token: string): Promise<LinkView>;
  resetPassword(token: string, password: string, origin: Origin): Promise<AccountView>;
}
