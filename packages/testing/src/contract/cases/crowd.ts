import assert from 'node:assert/strict';
import type { Fault, FaultRequest } from '../../provider/fault.js';
import { traceIn } from '../called.js';
import type { Suite } from '../runner.js';

const CALLS = 1000;

/** What the first request of each tenth call meets, by its number. */
const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500, work: 'before' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'close', when: 'after' },
  { kind: 'status', status: 400 },
  undefined,
  { kind: 'close', when: 'before' },
  { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
  undefined,
];

/** A thousand calls at once, into faults of all kinds; every seventh is aborted. */
export function describeCrowd({ test }: Suite): void {
  test('a thousand calls at once settle once each, and none is billed twice', async (setUp) => {
    const faults = ({ callId, number }: FaultRequest) =>
      number === 1 ? FAULTS[Number(callId.split('-')[1]) % FAULTS.length] : undefined;
    const { provider, clock, call } = await setUp({
      // Waits that end together cost the driven clock the least.
      random: () => 0.5,
      maxSockets: 50,
      server: { faults },
    });
    const called = await Promise.all(
      Array.from({ length: CALLS }, (_, index) => {
        if (index % 7 > 0) return call();
        const controller = new AbortController();
        clock.setTimer(() => controller.abort('stop'), (index % 40) * 100);
        return call({ signal: controller.signal });
      }),
    );
    const ends = new Map<string, number>();
    for (const each of called) {
      const { reason = 'answered' } = traceIn(each);
      ends.set(reason, (ends.get(reason) ?? 0) + 1);
    }
    assert.equal(called.length, CALLS);
    assert.deepEqual(provider.ledger.billedTwice(), []);
    const answered = ends.get('answered') ?? 0;
    assert.equal(called.filter(({ status }) => status === 200).length, answered);
    assert.ok(answered >= CALLS * 0.4, `${answered} were answered`);
    assert.ok((ends.get('aborted') ?? 0) > 0, 'some were aborted');
    assert.ok((ends.get('may-have-been-done') ?? 0) >= CALLS * 0.2, 'some were left alone');
  });
}
