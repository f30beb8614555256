import type { Effect, FailureKind } from './failure.js';
import type { ProviderLimit } from './provider-limit.js';

/**
 * One line of a provider's error page. All that it names must be so. In texts a `*` stands for any
 * characters, and case does not matter.
 */
export interface ProfileRule {
  /** The HTTP status, or several. 200: an error that the provider dresses as a success. */
  readonly status: number | readonly number[];
  /**
   * Any of these words where its body names its error: as `code`, `type`, `status`, `reason` and the
   * like (`ERROR_PLACES` lists them), or in the header `codeIn`.
   */
  readonly code?: readonly string[];
  /** What the message of its body says, where nothing else tells. Of linear time, without flags but `i`. */
  readonly message?: RegExp;
  /** Headers of the answer, by lower-case names; `*` alone: it is there. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `true`: only with the provider's own error body, which its gateway alone writes. */
  readonly envelope?: true;
  /** `true`: only where the request carried an idempotency key that is honoured. */
  readonly keyed?: true;

  readonly kind: FailureKind;
  /** What became of the work, and so whether it may have been billed. @default 'none' */
  readonly effect?: Effect;
  /** Whether the same request may succeed later. @default by kind */
  readonly transient?: boolean;
  /** Which limit was hit, where no header tells; its reset is then believed without what is left. */
  readonly bucket?: string;
  /** The least wait in milliseconds, where the answer names none. */
  readonly leastWaitMs?: number;
  /** When an allowance is renewed, where the answer does not say. */
  readonly renews?: Renewal;
  /** The provider's own rule in words; `explain` repeats it. */
  readonly because: string;
}

/** When an allowance is renewed: at midnight of UTC or of Los Angeles, or on the first of the month, UTC. */
export type Renewal = 'day' | 'day-pacific' | 'month';

/**
 * What one limit of a provider counts together, and so which calls share a gate. An organisation cannot
 * be told from a request, so its calls are kept apart by credential. `resource`: each method and path,
 * with the first id in it (Discord's major parameters).
 */
export type LimitScope =
  | 'credential'
  | 'credential+model'
  | 'organisation'
  | 'organisation+model'
  | 'endpoint'
  | 'resource';

/** A promise to do work with the same idempotency key only once. */
export interface IdempotencyKeys {
  /** The methods for which it holds, in upper case. */
  readonly methods: readonly string[];
  /** The paths for which it holds, with wildcards. @default all */
  readonly paths?: readonly string[];
  /** The request header that carries the key, in lower case. @default 'idempotency-key' */
  readonly header?: string;
  /** `quoted`: as a String of structured fields, as the IETF draft has it. @default bare */
  readonly written?: 'quoted';
  /** For how many milliseconds a key is remembered. */
  readonly keptMs: number;
}

/** What one provider means by its answers, as data. */
export interface ProviderProfile {
  /** How people call it. */
  readonly name: string;
  /**
   * Where it answers: `host`, or `host/path` where several answer on one host. A `*` stands for what is
   * between two dots or slashes, or for a part of it: `*.openai.azure.com`. On any port.
   */
  readonly hosts: readonly string[];
  /** What one limit of it counts together. */
  readonly limitScope: LimitScope;
  /** The limits that its headers tell of, and those that none tells of. @default what headers tell */
  readonly limits?: readonly ProviderLimit[];
  /**
   * How many calls it advises to have under way at once, as a share of the requests per minute that it
   * allows. @default it advises nothing
   */
  readonly inFlightShare?: number;
  /** Request headers that hold its credential, in lower case, besides the common ones. */
  readonly credentials?: readonly string[];
  /** Finds the model in a path, as its first group, where the body does not name it. */
  readonly modelInPath?: RegExp;
  /** Absent: it honours none, so a key that is sent protects nobody. */
  readonly idempotencyKeys?: IdempotencyKeys;
  /** The members that each of its own error bodies has. @default ['error.message'] */
  readonly envelope?: readonly string[];
  /**
   * The header of its answers that names the error too, before a `:`, in lower case: it counts as one of
   * the body's own words.
   */
  readonly codeIn?: string;
  /** The names of events in its streams that tell of a failure. @default ['error'] */
  readonly streamErrors?: readonly string[];
  /** The first that matches holds: those that look at more than the status, then those that do not. */
  readonly rules: readonly ProfileRule[];
  /** The pages that the rules come from. */
  readonly sources: readonly string[];
}
