import type { Policy } from '@forbear/core';

/** What the events of a policy tell of its calls. */
export interface CallWatch {
  /** How many calls wait for the clock: for a retry, or in a gate. */
  waiting(): number;
  /** How often a call was told to have ended. */
  ended(): number;
  /** How many attempts were begun. */
  attempts(): number;
}

/** Watches the calls of a policy. */
export function watchCalls({ events }: Policy): CallWatch {
  const waiting = new Set<number>();
  let ended = 0;
  let attempts = 0;
  for (const name of ['waiting', 'hold'] as const) {
    events.on(name, ({ call }) => waiting.add(call));
  }
  events.on('attempt', ({ call }) => {
    waiting.delete(call);
    attempts++;
  });
  for (const name of ['success', 'give-up'] as const) {
    events.on(name, ({ call }) => {
      waiting.delete(call);
      ended++;
    });
  }
  return { waiting: () => waiting.size, ended: () => ended, attempts: () => attempts };
}
