import { EventEmitter } from 'eventemitter3';
import { assertOptions, functionOption, oneOf } from './options.js';
import type { PolicyEvent, PolicyEvents } from './policy-events.js';

/** The names of all events. */
export const EVENT_NAMES = Object.freeze([
  'attempt',
  'waiting',
  'hold',
  'queued',
  'retry',
  'success',
  'give-up',
  'layeredRetry',
  'bypassed',
  'limits',
  'pace',
  'fleet',
] as const satisfies readonly (keyof PolicyEvents)[]);

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
