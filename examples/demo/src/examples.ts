import type { Trace } from '@forbear/core';

type Kind = (trace: Trace) => boolean;

/** Three kinds of calls that are worth a sentence. */
const KINDS: readonly Kind[] = [
  // Told to wait, and answered.
  ({ outcome, attempts }) =>
    outcome === 'success' &&
    attempts.some(({ told }) => told !== undefined) &&
    attempts.every(({ failure }) => failure?.evidence !== 'not-sent'),
  // Never sent at first, and answered.
  ({ outcome, attempts }) =>
    outcome === 'success' && attempts.some(({ failure }) => failure?.evidence === 'not-sent'),
  // Left to the caller.
  ({ reason }) => reason === 'may-have-been-done',
];

/** One call of each kind, the one with the most attempts. */
export function chooseExamples(traces: readonly Trace[]): readonly Trace[] {
  const chosen = new Set<Trace>();
  for (const kind of KINDS) {
    const [longest] = traces
      .filter((trace) => kind(trace) && !chosen.has(trace))
      .sort((one, other) => other.attempts.length - one.attempts.length);
    if (longest !== undefined) chosen.add(longest);
  }
  return [...chosen];
}
