import type { Attempt, OpenBody } from '@forbear/core';
import { openAnswer, readWire, type WatchedSend, watchWire } from '#wire';
import type { Fetch } from './bare-fetch.js';
import type { BodyPlan } from './body.js';
import { type Init, type Input, requestOf } from './request-parts.js';
import type { AttemptEnd, Sent } from './wire.js';

/** What a bare fetch is called with. */
export interface Arguments {
  readonly input: Input;
  readonly init: Init | undefined;
}

/** What the attempts of one call are sent with. */
export interface Sending {
  /** Whose attempts they are. */
  readonly owner: object;
  readonly bare: Fetch;
  /** The call's signal; another one is put into `init`. */
  readonly signal: AbortSignal | undefined;
  readonly plan: BodyPlan;
}

/** Sends the attempts of one call, the same request each time, and knows what became of the last one. */
export class Sender {
  /** What was given; `undefined` once its owner can have changed it. */
  #given: Arguments | undefined;
  /** The same, as it was at the call. */
  #kept: Arguments;
  readonly #sending: Sending;
  #wire: WatchedSend | undefined;
  #began = false;

  constructor(given: Arguments, kept: Arguments, sending: Sending) {
    this.#given = given;
    this.#kept = kept;
    this.#sending = sending;
  }

  /** Whether the last attempt got as far as the bare fetch. */
  get began(): boolean {
    return this.#began;
  }

  /** The call returns to its caller, who can change from now on what was given. */
  letGo(): void {
    this.#given = undefined;
    if (!this.#began) this.#kept = { ...this.#kept, input: takeRequest(this.#kept) };
  }

  /** Makes an attempt. */
  send(attempt: Attempt): Promise<Response> {
    this.#wire = undefined;
    this.#began = false;
    const given = this.#given;
    const patch = this.#sending.plan.patch?.(attempt, given !== undefined);
    if (patch instanceof Promise) return patch.then((parts) => this.#pass(attempt, parts));
    return this.#pass(attempt, patch, given);
  }

  /** What the wire tells of the last attempt, which is over. */
  end(): (error: unknown, end: AttemptEnd) => Sent | Promise<Sent> {
    const wire = this.#wire;
    if (wire === undefined) return () => 'unknown';
    wire.record.over = true;
    return (error, end) => readWire(wire, error, end);
  }

  /** What of the answer of the last attempt is still coming, as far as the wire tells. */
  openBody(response: Response): OpenBody | undefined {
    const open = this.#wire && openAnswer(this.#wire);
    return (
      open && {
        get isRead() {
          return response.bodyUsed || response.body?.locked === true;
        },
        onOver: open.onOver,
      }
    );
  }

  #pass(
    { signal }: Attempt,
    patch: Partial<Init> | undefined,
    given: Arguments | undefined = undefined,
  ): Promise<Response> {
    const { owner, bare, signal: own } = this.#sending;
    let { input, init } = given ?? this.#kept;
    if (patch !== undefined || signal !== own) {
      init = { ...this.#kept.init, ...patch };
      if (signal !== own) init.signal = signal ?? null;
    }
    this.#began = true;
    const watched = watchWire(owner, () => bare(input, init));
    this.#wire = watched;
    return watched.sending;
  }
}

/** A `Request` counts as used at once, as with bare fetch, also while its first attempt is held. */
function takeRequest({ input, init }: Arguments): Input {
  const request = requestOf(input);
  if (request === undefined || request.bodyUsed || (init?.body ?? undefined) !== undefined) {
    return input;
  }
  try {
    return new Request(request);
  } catch {
    // One of another make, which only its own fetch knows.
    return input;
  }
}
