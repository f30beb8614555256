import { EventEmitter } from 'eventemitter3';
import type { Failure } from './failure.js';
import { assertOptions, functionOption, oneOf } from './options.js';
import type { StopReason } from './stop-reason.js';

interface CallEvent {
  /** A number that all events of one call share, and no other call has. */
  readonly call: number;
  /** What may be shown of its key: no credential. */
  readonly key: string;
  /** The HTTP method, where it is known. */
  readonly method?: string;
  /** The attempt that it is about, from 1. */
  readonly attempt: number;
  /** When it happened, in Unix milliseconds. */
  readonly atMs: number;
}

/** An attempt starts. */
export interface AttemptEvent extends CallEvent {
  readonly type: 'attempt';
}

/** An attempt failed and will be repeated after a wait; what was wrong stands beside the wait. */
export interface WaitingEvent extends CallEvent, Failure {
  readonly type: 'waiting';
  /** Milliseconds. */
  readonly waitMs: number;
  /** When the wait ends, in Unix milliseconds, for a countdown. */
  readonly untilMs: number;
  /** The wait that the server named, in milliseconds; absent: backoff. */
  readonly toldMs?: number;
  /** The header that named it, in lower case. */
  readonly toldBy?: string;
}

/** An attempt may not start yet: its key is told to wait, or others of its key go first. */
export interface HoldEvent extends CallEvent {
  readonly type: 'hold';
  /** When its gate opens, in Unix milliseconds; absent: it has opened, a few calls at a time go through. */
  readonly untilMs?: number;
}

/** A wait is over and the next attempt starts now; `attempt` is its number. */
export interface RetryEvent extends CallEvent {
  readonly type: 'retry';
}

/** The call ended well. */
export interface SuccessEvent extends CallEvent {
  readonly type: 'success';
}

/**
 * The call ended with its last failure, or with that of another call of its key; what was wrong stands
 * beside the reason, if anything was.
 */
export interface GiveUpEvent extends CallEvent, Partial<Failure> {
  readonly type: 'give-up';
  readonly reason: StopReason;
  /** When another call may succeed, in Unix milliseconds, if the server said so. */
  readonly retryAt?: number;
}

/** A layer above repeats a call that was given up because its work may have been done. */
export interface LayeredRetryEvent extends CallEvent {
  readonly type: 'layeredRetry';
  /** The number of the call that was given up. */
  readonly of: number;
  /** How often it has come again, from 1. */
  readonly times: number;
  /** What repeats it, as far as the request tells. */
  readonly layer: string;
  /** What makes that layer stop. */
  readonly remedy: string;
  /** Whether it was given the end of that call again, without a request (`refuseRepeatsMs`). */
  readonly refused: boolean;
}

/**
 * A call went past Forbear, bare, because something put another transport in place of its own; `call`
 * and `attempt` are 0, since nothing of it was counted.
 */
export interface BypassedEvent extends CallEvent {
  readonly type: 'bypassed';
  /** What did it, and the remedy, in words. */
  readonly because: string;
}

/** Every event of a policy, by its name. */
export interface PolicyEvents {
  attempt: AttemptEvent;
  waiting: WaitingEvent;
  hold: HoldEvent;
  retry: RetryEvent;
  success: SuccessEvent;
  'give-up': GiveUpEvent;
  layeredRetry: LayeredRetryEvent;
  bypassed: BypassedEvent;
}

export type PolicyEvent = PolicyEvents[keyof PolicyEvents];

/** The names of all events. */
export const EVENT_NAMES = Object.freeze([
  'attempt',
  'waiting',
  'hold',
  'retry',
  'success',
  'give-up',
  'layeredRetry',
  'bypassed',
] as const satisfies readonly (keyof PolicyEvents)[]);

/** What an event of that name holds beside what all of them do; a hold is before its attempt. */
export type EventDetails<Name extends keyof PolicyEvents> = Omit<
  PolicyEvents[Name],
  'type' | keyof CallEvent
> & { readonly attempt?: number };

const ON_CHECKS = { name: oneOf(...EVENT_NAMES), listener: functionOption };

/** The events of one policy. A listener that throws or rejects harms nobody. */
export class Events {
  readonly #emitter = new EventEmitter();
  #listeners = 0;

  /**
   * Calls `listener` at every such event, with one flat, frozen record. Returns what takes it off.
   *
   * @throws {InvalidOptionsError} if there is no such event, or the listener is no function
   */
  on<Name extends keyof PolicyEvents>(
    name: Name,
    listener: (event: PolicyEvents[Name]) => unknown,
  ): () => void {
    assertOptions('events.on', { name, listener }, ON_CHECKS);
    const guarded = (event: PolicyEvents[Name]) => notify(listener, event);
    this.#emitter.on(name, guarded);
    this.#listeners++;
    return () => {
      if (!this.#emitter.listeners(name).includes(guarded)) return;
      this.#emitter.off(name, guarded);
      this.#listeners--;
    };
  }

  /** Whether anybody listens, so that no record is built for nobody. */
  hears(name: keyof PolicyEvents): boolean {
    return this.#listeners > 0 && this.#emitter.listenerCount(name) > 0;
  }

  /** Sends a record to whoever listens. */
  emit(event: PolicyEvent): void {
    this.#emitter.emit(event.type, Object.freeze(event));
  }
}

/** Asks a function of the user's that should not throw; if it does, it has no answer. */
export function ask<Answer>(question: (() => Answer) | undefined): Answer | undefined {
  try {
    return question?.();
  } catch {
    return undefined;
  }
}

/** Calls a listener; what it does wrong, now or later, is not the caller's trouble. */
export function notify<Value>(listener: (value: Value) => unknown, value: Value): void {
  try {
    const result = listener(value);
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // See above.
  }
}
