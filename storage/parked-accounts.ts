/**
 * Which accounts may have something parked. SFTP asks at every request about a name, and for the many that have nothing the
 * answer must not cost a statement. Only this process parks; what others take away is found out at the next look.
 */
export interface ParkedAccounts {
  /** An upload of that account is parked from now on. */
  note(accountId: string): void;
  /** Undefined when nothing of that account is parked; else a mark for `forget`. */
  markOf(accountId: string): Promise<symbol | undefined>;
  /** Nothing was found parked; without effect when something was noted since the mark was given. */
  forget(accountId: string, mark: symbol): void;
}

/** `load` gives the accounts that have something parked; asked once. */
export function createParkedAccounts(load: () => Promise<readonly string[]>): ParkedAccounts {
  const marks = new Map<string, symbol>();
  let loading: Promise<void> | undefined;
  const note = (accountId: string) => {
    marks.set(accountId, Symbol(accountId));
  };
  return {
    note,
    async markOf(accountId) {
      loading ??= load().then((accountIds) => accountIds.forEach(note));
      loading.catch(() => {
        loading = undefined;
      });
      await loading;
      return marks.get(accountId);
    },
    forget(accountId, mark) {
      if (marks.get(accountId) === mark) marks.delete(accountId);
    },
  };
}
