import type { Priority } from '@forbear/core';

/** Calls from here on may use what is kept for interactive ones. */
export const INTERACTIVE = 100;

const WORDS = { batch: 0, normal: 50, interactive: INTERACTIVE } as const;

/** A priority as a number from 0 to 100. */
export function levelOf(priority: Priority = 'normal'): number {
  return typeof priority === 'number' ? priority : WORDS[priority];
}
