/** An attempt of ours that is under way. */
export interface AttemptMark {
  /** Whether it is over; what happens afterwards in its context is not part of it. */
  over: boolean;
  /** Whose attempt it is. */
  readonly owner?: object;
}

/** Carries a mark to the code that runs for an attempt: an `AsyncLocalStorage` of Node does. */
export interface AttemptContext {
  run<T>(mark: AttemptMark, body: () => T): T;
  getStore(): AttemptMark | undefined;
}

let current: AttemptMark | undefined;

/** Knows of an attempt only while the function itself runs that makes it. */
let context: AttemptContext = {
  run(mark, body) {
    const outer = current;
    current = mark;
    try {
      return body();
    } finally {
      current = outer;
    }
  },
  getStore: () => current,
};

let isCarried = false;

/** Lets marks follow asynchronous code; for adapters, where the platform can. The first one stays. */
export function carryAttempts(by: AttemptContext): void {
  if (!isCarried) context = by;
  isCarried = true;
}

/** Runs what makes an attempt, so that wrappers of ours inside leave retries to the outermost. */
export function runAttempt<T>(mark: AttemptMark, body: () => T): T {
  return context.run(mark, body);
}

/** The attempt of ours inside which this code runs, if any is under way. */
export function attemptUnderWay(): AttemptMark | undefined {
  const mark = context.getStore();
  return mark?.over === false ? mark : undefined;
}
