/** Why a page refuses although storage was never asked. */
export type RefusalKey = 'unknown-host' | 'method-not-allowed' | 'cross-site' | 'bad-request';

/** Refused before any act; shown as a failure page with that status. */
export class Refusal extends Error {
  readonly key: RefusalKey;
  readonly status: number;

  constructor(key: RefusalKey, status: number) {
    super(`Refused: ${key}.`);
    this.name = 'Refusal';
    this.key = key;
    this.status = status;
  }
}
