import type { AnswerHeaders } from './answer.js';

/** Whether the work is done (and billed) before the fault shows, or not at all. */
export type Work = 'before' | 'none';

/** Something that goes wrong with one request. A fault strikes whatever the request is. */
export type Fault =
  /**
   * An answer with this status. `work` is `before` by default for 500 and above but 503 and 529, else
   * `none`. By default the body is the provider's page's, for 502 and 504 a gateway's HTML, and a 429
   * has the page's headers, with a Retry-After of 34; `headers` replace those. A `body` of `html` is
   * a gateway's page, another string is sent as `text/plain`, an object as JSON.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: AnswerHeaders;
      readonly body?: string | object;
      readonly work?: Work;
    }
  /**
   * The connection is closed without an answer: before the work, half-way (half of `workMs` has
   * passed, and it is billed), or after it. `reset` sends a TCP reset instead of an end.
   * @default reset false
   */
  | {
      readonly kind: 'close';
      readonly when: 'before' | 'during' | 'after';
      readonly reset?: boolean;
    }
  /**
   * Nothing is sent, or nothing after the head and half of the body, for `ms` milliseconds or until
   * the client leaves. With `work: 'none'` the work is done after the stall, if the client is still
   * there.
   * @default ms Infinity
   * @default work 'before'
   */
  | {
      readonly kind: 'stall';
      readonly what: 'headers' | 'body';
      readonly ms?: number;
      readonly work?: Work;
    }
  /** The work is done, the head and half of the body are sent, and the connection is closed. */
  | { readonly kind: 'cut' }
  /** The work is done, and answered `ms` milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** HTTP/2: the work is done, then GOAWAY is sent and the connection closed; else `close` `after`. */
  | { readonly kind: 'goaway' }
  /**
   * HTTP/2: the stream is reset with this error code, after the work unless the code is
   * REFUSED_STREAM (7), which says that there was none; with HTTP/1.1 the connection is closed.
   * @default code 2 (INTERNAL_ERROR)
   */
  | { readonly kind: 'reset-stream'; readonly code?: number };

/** What a function that chooses faults is told of a request. */
export interface FaultRequest {
  readonly callId: string;
  readonly method: string;
  readonly path: string;
  /** Which request of this logical request it is, from 1. */
  readonly number: number;
}

/** Which requests a scripted fault strikes, and how often. What is absent matches everything. */
export interface FaultTarget {
  readonly callId?: string;
  readonly method?: string;
  /** The path without its query. */
  readonly path?: string;
  /** How many requests each fault strikes; may be `Infinity`. @default 1 */
  readonly times?: number;
}
