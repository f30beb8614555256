/** Anything with `get(name)`: a `Headers`, an `AxiosHeaders`, a `Map` with lower-case names. */
export interface HeaderReader {
  get(name: string): unknown;
}

/** Response headers as their library gives them. Names of a plain record may have any case. */
export type HeaderSource = HeaderReader | Readonly<Record<string, unknown>>;

/**
 * What an adapter learnt of one attempt. Every field may be absent; what is not known is taken for
 * the dangerous case.
 */
export interface Facts {
  /** The HTTP method; an unknown one counts as not idempotent. */
  readonly method?: string;
  /** The HTTP status, when an answer came. */
  readonly status?: number;
  /** The headers of that answer. */
  readonly headers?: HeaderSource;
  /** The beginning of the body, as text: of an error, or of a success that its profile wants seen. */
  readonly body?: string;
  /** What was thrown, when no answer came or its body broke. */
  readonly error?: unknown;
  /**
   * What the transport saw on the wire: `no` when it proves that nothing of the request was sent,
   * `yes` when its head was written, `unknown` (the default) otherwise.
   */
  readonly sent?: 'no' | 'yes' | 'unknown';
  /** Whether a limit of our own (deadline or attempt timeout) ended the attempt. */
  readonly timedOut?: boolean;
  /** Whether the caller's own signal ended it. */
  readonly aborted?: boolean;
  /** Which attempt this was, from 1. @default 1 */
  readonly attempt?: number;
  /** How many of the retries so far the server scheduled by a told wait. @default 0 */
  readonly scheduledRetries?: number;
  /** How many retries the budget of the key allows now. @default any number */
  readonly retriesAllowed?: number;
  /** Milliseconds since the call started. @default 0 */
  readonly elapsedMs?: number;
  /** Whether the request's body can be sent again. @default true */
  readonly replayable?: boolean;
  /** Whether the caller accepts that the work is done twice. */
  readonly repeatable?: boolean;
  /** Whether the request carries an idempotency key. */
  readonly hasIdempotencyKey?: boolean;
  /** Whether the provider promises to honour it. @default by the profile and the method */
  readonly idempotencyKeyHonoured?: boolean;
  /** The wall clock when the answer came, in Unix milliseconds. @default 0 */
  readonly nowMs?: number;
  /** A random number in [0, 1). @default 0.5 */
  readonly random?: number;
  /** The wait before this attempt in milliseconds, for decorrelated jitter. @default 0 */
  readonly previousWaitMs?: number;
}
