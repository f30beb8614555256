/** What tells errors of a client apart for its users. */
export interface ErrorKind {
  readonly type: string;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

const MAX_CAUSES = 8;

/** The kind of an error; of the reason of an abort itself, that it is that. */
export function kindOf(error: unknown, reason?: unknown): ErrorKind {
  if (reason !== undefined && error === reason) return { type: 'the reason of the abort itself' };
  if (typeof error !== 'object' || error === null) return { type: typeof error, message: error };
  const { name, code, message } = error as Partial<Error> & { readonly code?: unknown };
  return { type: error.constructor?.name ?? 'no class', name, code, message };
}

/** All that a user can tell an error by: its kind, its own properties, and the same of its causes. */
export function likenessOf(error: unknown, reason?: unknown): unknown {
  return chainOf(error).map((each) => ({
    ...kindOf(each, reason),
    keys: Object.keys(each).sort(),
  }));
}

/** An error, what caused it, and so on. */
export function chainOf(error: unknown): readonly Partial<Error>[] {
  const chain: Partial<Error>[] = [];
  let current = error;
  while (chain.length < MAX_CAUSES && typeof current === 'object' && current !== null) {
    chain.push(current);
    current = (current as Error).cause;
  }
  return chain;
}

/** Whether an error, or one that caused it, is named `TimeoutError`. */
export function isTimeoutError(error: unknown): boolean {
  return chainOf(error).some(({ name }) => name === 'TimeoutError');
}
