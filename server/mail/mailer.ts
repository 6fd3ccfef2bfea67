/** One mail to one person, in words. */
export interface Letter {
  /** Names its file in the mail folder. */
  readonly id: string;
  /** The same on every attempt. */
  readonly messageId: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly to: { readonly address: string; readonly name: string };
  readonly date: Date;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands letters over: to a mail server, or to a folder. */
export interface Mailer {
  /** Resolves once the other side took it over. @throws DeliveryError */
  send(letter: Letter, signal: AbortSignal): Promise<void>;
}

/** A letter that was not taken over. `isPermanent`: the same letter would be refused for ever, whenever it is tried. */
export class DeliveryError extends Error {
  readonly isPermanent: boolean;

  constructor(message: string, isPermanent: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'DeliveryError';
    this.isPermanent = isPermanent;
  }
}
