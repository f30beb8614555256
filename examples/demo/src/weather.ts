import type { Fault, FaultRequest } from '@forbear/testing/node';

/** What the first requests of a call meet, in order; the ones after them are answered. */
interface Front {
  /** How many calls of a hundred it strikes. */
  readonly percent: number;
  readonly faults: readonly Fault[];
}

const OVERLOADED: Fault = { kind: 'status', status: 503, headers: { 'retry-after': '1' } };
const MAINTENANCE: Fault = { kind: 'status', status: 503 };
const FAILED_AFTER_WORK: Fault = { kind: 'status', status: 500, work: 'before' };
const GATEWAY_PAGE: Fault = { kind: 'status', status: 502, body: 'html', work: 'before' };

const FRONTS: readonly Front[] = [
  { percent: 1, faults: [OVERLOADED] },
  { percent: 7, faults: [MAINTENANCE] },
  { percent: 3, faults: [MAINTENANCE, MAINTENANCE] },
  { percent: 3, faults: [FAILED_AFTER_WORK] },
  { percent: 2, faults: [FAILED_AFTER_WORK, FAILED_AFTER_WORK] },
  { percent: 1, faults: [MAINTENANCE, FAILED_AFTER_WORK] },
  { percent: 2, faults: [GATEWAY_PAGE] },
  { percent: 2, faults: [{ kind: 'close', when: 'after' }] },
  { percent: 1, faults: [{ kind: 'close', when: 'before' }] },
  { percent: 1, faults: [{ kind: 'cut' }] },
  { percent: 1, faults: [{ kind: 'stall', what: 'headers' }] },
];

/**
 * The faults of one seed. They depend on the name of a call and on how many requests of it have
 * arrived, and on nothing else, so that every client meets the same.
 */
export function makeWeather(seed: number): (request: FaultRequest) => Fault | undefined {
  return ({ callId, number }) => {
    let percent = drawPercent(`${seed} ${callId}`);
    for (const front of FRONTS) {
      percent -= front.percent;
      if (percent < 0) return front.faults[number - 1];
    }
    return undefined;
  };
}

/** A number in [0, 100) that depends on a text alone (FNV-1a, then the end of MurmurHash3). */
function drawPercent(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}
