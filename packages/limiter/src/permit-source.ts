import type { Clock, Closure, Refusal } from '@forbear/core';
import type { Limit } from './limit.js';
import type { Need, Unit } from './need.js';

/** A permit for one attempt. A source may keep more in it; it is handed back as it was given. */
export interface Grant {
  readonly granted: true;
  readonly need: Need;
}

/** No permit now. */
export interface NoGrant {
  readonly granted: false;
  /** When to ask again: milliseconds from now, more than 0; `Infinity`: when `onChange` says so. */
  readonly retryInMs: number;
}

/** What a server said of one of its limits in an answer. */
export interface LearntLimit {
  readonly unit: Unit;
  /** What the server calls it, such as `requests`: limits of one unit are told apart by it. */
  readonly name: string;
  /** What it holds when it is full, 0 or more. */
  readonly limit?: number;
  /** What is left in it, 0 or more. */
  readonly remaining?: number;
  /** What its reset means, where the profile of its server says it of this limit. */
  readonly shape?: 'window' | 'full';
  /** Milliseconds from the answer until it resets, 0 or more. */
  readonly resetMs?: number;
  /** The same by the server's clock, in Unix milliseconds, where a moment was named. */
  readonly resetAtMs?: number;
  /** The server's clock when it answered, in Unix milliseconds. */
  readonly serverNowMs?: number;
}

/** Why an attempt can never have a permit. */
export interface TooLarge {
  readonly unit: Unit;
  /** What the limit holds when it is full. */
  readonly limit: number;
  /** What the attempt needs of it. */
  readonly need: number;
}

/** How one limit stands. */
export interface LimitSnapshot {
  readonly unit: Unit;
  /** The name the server gave it; absent: it was given in the options. */
  readonly name?: string;
  /** What it holds when it is full; absent: not known. */
  readonly limit?: number;
  /** What could be taken of it now; absent: any amount. */
  readonly remaining?: number;
}

/**
 * Where the permits of one key come from. Everything in it is synchronous, and nothing in it rejects:
 * a source that has to ask elsewhere keeps a few permits in stock, starts to fetch one when it has
 * none, answers `Infinity`, and tells `onChange` when there is something.
 *
 * The lane in front of it has the queue, the order, aborts, deadlines, concurrency and the gate. Each
 * grant is settled exactly once.
 */
export interface PermitSource {
  /**
   * Takes requests and tokens together, or nothing and says when to ask again.
   *
   * @param nowMs the time by the monotonic clock
   * @param keptShare which share of each limit is to be left, from 0 to 1, for calls that go first; a
   *   source that cannot tell what is left leaves nothing. @default 0
   */
  tryTake(need: Need, nowMs: number, keptShare?: number): Grant | NoGrant;
  /**
   * Asks to be told whenever there may be a permit sooner than was said: a remote one has come, a
   * limit was learnt, the source of it died. It is called once, before anything else.
   */
  onChange(listener: () => void): void;
  /** An answer to the attempt of this grant told limits; it comes before the grant is settled. */
  learn(grant: Grant, limits: readonly LearntLimit[]): void;
  /**
   * The attempt of this grant is over.
   *
   * @param used what it took, as far as it is known; `undefined`: it was never sent, so all goes back
   */
  settle(grant: Grant, used: Need | undefined): void;
  /**
   * The server told the key to wait for so many milliseconds from now; `Infinity`: until a call
   * succeeds. A source that others share passes it on.
   */
  hold?(ms: number, refusal: Refusal): void;
  /**
   * How long it would be until `need` could be taken after `ahead`, which waits before it: milliseconds,
   * 0 or more; `Infinity`: it cannot be told.
   */
  estimateMs(need: Need, ahead: Need): number;
  /** Why `need` can never be taken, whatever time passes; `undefined`: it can. */
  tooLarge(need: Need): TooLarge | undefined;
  /** Every limit that it keeps. */
  snapshot(): readonly LimitSnapshot[];
  /** Whether nothing would be lost if it were forgotten and made anew: no use of it counts any more. */
  readonly isFresh: boolean;
  /** Lets go of connections and timers. Nothing is asked of it afterwards. */
  close?(): Promise<void>;
}

/** What a source is made for. */
export interface PermitSourceContext {
  /** The key whose permits it gives; it may hold a credential and must not be shown. */
  readonly key: string;
  /** What of the key may be shown. */
  readonly label: string;
  readonly clock: Clock;
  /** The limits that were given, all of which hold. */
  readonly limits: readonly Limit[];
  /** What resets of the key's server mean, by its profile. */
  readonly resetShape: 'window' | 'full';
  /** Another process was told to wait: closes the gates of the key in this one. */
  readonly hold: (closure: Closure, refusal: Refusal) => void;
}

/** Makes the permit source of a key, when its first call comes. It does not throw. */
export type PermitSourceFactory = (context: PermitSourceContext) => PermitSource;
