import { EVENT_NAMES, type Policy, type PolicyEvent } from '@forbear/core';

/** Collects every event of a policy, in order, in an array that grows as they happen. */
export function recordEvents(policy: Policy): readonly PolicyEvent[] {
  const events: PolicyEvent[] = [];
  for (const name of EVENT_NAMES) policy.events.on(name, (event) => events.push(event));
  return events;
}
