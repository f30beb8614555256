/** The four questions, in the order in which they are asked. */
export type Question = 'help' | 'safe' | 'may' | 'when';

/** Why a call was given up, the question that it answers *no* to, and what its caller can do. */
export const STOP_REASONS = Object.freeze({
  permanent: {
    question: 'help',
    because: 'the same request would fail again',
    remedy: 'fix what the answer or the error names',
  },
  'quota-exhausted': {
    question: 'help',
    because: 'no money or allowance is left',
    remedy: 'add funds or raise the limit, then call again',
  },
  'forbidden-by-server': {
    question: 'help',
    because: 'the server asked not to be retried',
    remedy: 'call again only if you know why it said so',
  },
  aborted: {
    question: 'help',
    because: 'it was aborted',
    remedy: 'call again if you still want it',
  },
  'may-have-been-done': {
    question: 'safe',
    because: 'it may have been processed',
    remedy: 'set repeatable: true to accept a double bill',
  },
  done: {
    question: 'safe',
    because: 'the work was done before the answer broke',
    remedy: 'set repeatable: true to accept a double bill',
  },
  repetition: {
    question: 'safe',
    because: 'the same call before it may have been processed',
    remedy:
      'let the layer above not retry (maxRetries: 0 there), or set repeatable: true to accept a double bill',
  },
  'not-replayable': {
    question: 'may',
    because: 'its body can be sent only once',
    remedy:
      'give the body as a string, bytes, Blob or FormData, or as a factory: forbear: { body: () => … }; for the body of a Request raise maxReplayBytes',
  },
  'max-retries': {
    question: 'may',
    because: 'no retries are left',
    remedy: 'raise maxRetries, or call again later',
  },
  'still-refused': {
    question: 'may',
    because: 'it waited as often as the server said, and was refused again each time',
    remedy: 'send less at once, or call again later',
  },
  'retry-budget': {
    question: 'may',
    because: "the retry budget of its key is spent: too many of the key's calls are failing",
    remedy: 'call again when the server is well, or give a larger retryBudget',
  },
  'past-deadline': {
    question: 'when',
    because: 'the deadline leaves no time for the wait',
    remedy: 'raise deadlineMs, or call again after retryAt',
  },
  'max-hold': {
    question: 'when',
    because: 'its key is told to wait for longer than maxHoldMs lets a call be held',
    remedy: 'call again after retryAt, send less at once, or raise maxHoldMs',
  },
  'retry-after-too-long': {
    question: 'when',
    because: 'the server named a time later than maxRetryAfterMs allows',
    remedy: 'call again after retryAt, or raise maxRetryAfterMs',
  },
  'queue-full': {
    question: 'may',
    because: 'the queue of its limiter is full',
    remedy: 'call again later, call with a higher priority, or raise maxQueued',
  },
  'never-fits': {
    question: 'help',
    because: 'it takes more tokens than its limit ever holds',
    remedy: 'send less, or allow less output',
  },
  'policy-threw': {
    question: 'may',
    because: 'a function that was given to Forbear threw',
    remedy: 'mend the function that you gave, such as a clock, a random source or rebuild',
  },
} as const satisfies Record<string, { question: Question; because: string; remedy: string }>);

export type StopReason = keyof typeof STOP_REASONS;
