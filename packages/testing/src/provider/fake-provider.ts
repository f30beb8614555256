import type { Fault, FaultTarget } from './fault.js';
import type { Limits } from './key-limits.js';
import type { Ledger } from './ledger.js';
import type { RequestRecord } from './request-record.js';

/** An OpenAI-compatible provider on a real socket of 127.0.0.1, with faults and a bill. */
export interface FakeProvider extends AsyncDisposable {
  /** Its origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What clients call the base URL: the origin and `/v1`. */
  readonly baseURL: string;
  /** What was billed. */
  readonly ledger: Ledger;
  /** Every request whose head arrived, in that order. */
  readonly requests: readonly RequestRecord[];
  /** How many requests are being handled: from their arrival until their answer is closed. */
  readonly inFlight: number;
  /**
   * How many of those wait for the clock or for their client to leave. When it equals `inFlight`,
   * nothing happens here until one of the two does.
   */
  readonly waiting: number;
  /** How many connections were accepted so far. */
  readonly sockets: number;
  /** How many connections are open. */
  readonly openSockets: number;
  /** How many requests of a logical request arrived. */
  requestCount(callId: string): number;
  /** Scripts faults: each strikes the next request it is meant for, in the order given. */
  fail(fault: Fault | readonly Fault[], where?: FaultTarget): void;
  /** Forgets the scripted faults that have not struck. */
  heal(): void;
  /**
   * Changes the limits of all keys; what is used of them stays used.
   *
   * @throws TypeError that lists everything that is wrong
   */
  limit(limits: Limits): void;
  /** Adds credit to the wallet, in cents. */
  fill(cents: number): void;
  /**
   * Destroys all connections and refuses new ones until `accept()`, or for `ms` milliseconds.
   * Resolves when they are refused.
   * @default ms Infinity
   */
  refuse(ms?: number): Promise<void>;
  /** Accepts connections again, on the same port. Resolves when it does. */
  accept(): Promise<void>;
  /** Destroys the connections on which no request is being handled. */
  closeIdle(): void;
  /** Makes everything but the connections as it was at the start: ledger, faults, limits, wallet. */
  reset(): void;
  /** Stops for good: no connection, no timer, no port is left. */
  close(): Promise<void>;
}
