import assert from 'node:assert/strict';
import type { Fault, FaultRequest } from '../../provider/fault.js';
import { type Called, traceIn } from '../called.js';
import type { Rig } from '../rig.js';
import type { Suite } from '../runner.js';

const CALLS = 1000;
const TOLD = { kind: 'status', status: 429, headers: { 'retry-after': '10' } } as const;

/** What the first requests of the calls that are sent meet, one after the other. */
const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500, work: 'before' },
  { kind: 'close', when: 'after' },
  { kind: 'status', status: 400 },
];

/** How many calls of ten do what. */
const OWN_ABORTS = 4;
const SHARED_ABORTS = 2;
const SHORT_DEADLINES = 2;

function countEnds(called: readonly Called[]): Readonly<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const each of called) {
    const { reason = 'answered' } = traceIn(each);
    ends[reason] = (ends[reason] ?? 0) + 1;
  }
  return ends;
}

/**
 * A thousand calls while their key is told to wait for 10 s: some are aborted in the gate, some cannot
 * wait that long, and those that go meet faults of all kinds.
 */
function makeCalls({ call, clock }: Rig): readonly Promise<Called>[] {
  const shared = new AbortController();
  clock.setTimer(() => shared.abort('all of you'), 8000);
  return Array.from({ length: CALLS }, (_, index) => {
    const kind = index % 10;
    if (kind < OWN_ABORTS) {
      const controller = new AbortController();
      clock.setTimer(() => controller.abort('you'), (index % 9) * 1000);
      return call({ signal: controller.signal });
    }
    if (kind < OWN_ABORTS + SHARED_ABORTS) return call({ signal: shared.signal });
    const isShort = kind < OWN_ABORTS + SHARED_ABORTS + SHORT_DEADLINES;
    return call(isShort ? { forbear: { deadlineMs: 5000 } } : {});
  });
}

/** However many calls there are, each settles once. */
export function describeCrowd({ test }: Suite): void {
  test('a thousand calls at once settle once each, and none is billed twice', async (setUp) => {
    let sent = 0;
    const faults = ({ number }: FaultRequest) =>
      number === 1 ? FAULTS[sent++ % FAULTS.length] : undefined;
    // Waits that end together cost the driven clock the least.
    const rig = await setUp({ random: () => 0.5, maxSockets: 50, server: { faults } });
    const { provider, call, nextWait, policy } = rig;
    provider.fail(TOLD);
    const waiting = nextWait();
    const calls = [call()];
    await waiting;
    calls.push(...makeCalls(rig));
    const ends = countEnds(await Promise.all(calls));
    assert.equal(ends.aborted, ((OWN_ABORTS + SHARED_ABORTS) * CALLS) / 10);
    assert.equal(ends['past-deadline'], (SHORT_DEADLINES * CALLS) / 10);
    assert.ok((ends.answered ?? 0) > 60, `${ends.answered} were answered`);
    assert.ok((ends['may-have-been-done'] ?? 0) > 40, 'some were left alone');
    assert.deepEqual(provider.ledger.billedTwice(), []);
    assert.deepEqual(
      policy.gates.snapshot().map((gate) => gate.waiting),
      [0],
    );
  });
}
