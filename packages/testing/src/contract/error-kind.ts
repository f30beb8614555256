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

/** Whether an error, or one that caused it, is named `TimeoutError`. */
export function isTimeoutError(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    if (typeof current !== 'object' || current === null) return false;
    const { name, cause } = current as Error;
    if (name === 'TimeoutError') return true;
    current = cause;
  }
  return false;
}
