import type { Policy, PolicyEvent, PolicyEvents } from '@forbear/core';

const NAMES: readonly (keyof PolicyEvents)[] = [
  'attempt',
  'waiting',
  'hold',
  'retry',
  'success',
  'give-up',
  'layeredRetry',
];

/** Collects every event of a policy, in order, in an array that grows as they happen. */
export function recordEvents(policy: Policy): readonly PolicyEvent[] {
  const events: PolicyEvent[] = [];
  for (const name of NAMES) policy.events.on(name, (event) => events.push(event));
  return events;
}
