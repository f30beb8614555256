import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VerdictMemory } from './verdict-memory.js';

interface Caller {
  readonly content: number;
  readonly headers: number;
  /** Whether the work of its attempt may have been done. */
  readonly mayBeDone: boolean;
  /** Whether its SDK comes again. */
  readonly comes: boolean;
}

const caller: fc.Arbitrary<Caller> = fc.record({
  content: fc.nat(2),
  headers: fc.nat(1),
  mayBeDone: fc.boolean(),
  comes: fc.boolean(),
});

const nameOf = ({ content, headers }: Caller) => ({
  content: String(content),
  whole: `${content} ${headers}`,
});

/** Of the callers that are the same: how many come again and may be sent, and so on. */
const count = (all: readonly Caller[], of: Caller, is: (each: Caller) => boolean) =>
  all.filter((each) => nameOf(each).whole === nameOf(of).whole && is(each)).length;

test('whatever calls end how, and in whatever order they come again, nothing is billed twice', () => {
  fc.assert(
    fc.property(
      fc.array(caller, { minLength: 1, maxLength: 12 }),
      fc.func(fc.integer()),
      (callers, orderOf) => {
        const memory = new VerdictMemory(new FakeClock());
        for (const each of callers) {
          memory.add(nameOf(each), 0, each.mayBeDone ? () => Promise.reject(1) : 'send');
        }
        const coming = callers.filter(({ comes }) => comes);
        coming.sort((a, b) => orderOf(callers.indexOf(a)) - orderOf(callers.indexOf(b)));
        const sent = coming.filter((each) => memory.take(nameOf(each), 1) === 'send');
        for (const each of callers) {
          const mine = count(callers, each, () => true);
          const done = count(callers, each, ({ mayBeDone }) => mayBeDone);
          const again = count(sent, each, () => true);
          // As many bills as calls, at most.
          expect(done + again).toBeLessThanOrEqual(mine);
          // Where all come again, all are sent that may be.
          if (count(callers, each, ({ comes }) => !comes) === 0) expect(again).toBe(mine - done);
        }
      },
    ),
  );
});
