import { FakeClock, recordEvents } from '@forbear/testing';
import { expect, test, vi } from 'vitest';
import type { CallOptions } from './call.js';
import { execute } from './execute.js';
import type { Applicant, LaneAdmission, LaneContext, LaneEnd, LanePermit } from './limiter.js';
import { setTestMode } from './mode.js';
import { definePolicy, type PolicyOptions } from './policy.js';
import type { Trace } from './trace.js';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A policy whose lane says what it is told to, and writes down what it hears. */
function setUp(
  say: (applicant: Applicant) => LaneAdmission | Promise<LaneAdmission>,
  options: PolicyOptions = {},
) {
  const clock = new FakeClock();
  const contexts: LaneContext[] = [];
  const applicants: Applicant[] = [];
  const ends: { permit: LanePermit; end: LaneEnd }[] = [];
  const begin = vi.fn();
  const finish = vi.fn();
  const closed = vi.fn();
  const lane = {
    enter(applicant: Applicant): LaneAdmission | undefined {
      applicants.push(applicant);
      const said = say(applicant);
      if (!(said instanceof Promise)) return said;
      void said.then((ended) => applicant.tell(ended));
      return undefined;
    },
    leave(permit: LanePermit, end: LaneEnd) {
      ends.push({ permit, end });
    },
    begin,
    finish,
    close: closed,
  };
  const laneOf = vi.fn((context: LaneContext) => {
    contexts.push(context);
    return lane;
  });
  const policy = definePolicy({ clock, limiter: { laneOf }, random: () => 0, ...options });
  const events = recordEvents(policy);
  const traces: Trace[] = [];
  const call = (answer: () => Answer | Promise<Answer>, given: CallOptions<Answer> = {}) =>
    execute(answer, policy, {
      method: 'POST',
      onSettled: (trace) => traces.push(trace),
      ...given,
    });
  return {
    clock,
    policy,
    lane,
    laneOf,
    contexts,
    applicants,
    ends,
    begin,
    finish,
    closed,
    events,
    traces,
    call,
  };
}

const admit = (): LaneAdmission => ({ kind: 'admitted', lanePermit: { permit: undefined } });
const OK = { status: 200 };

test('a lane is told of each call once when it begins and once when it is over', async () => {
  const { clock, call, begin, finish } = setUp(admit);
  const answers = [{ status: 500 }, { status: 500 }, OK];
  const work = call(
    () => {
      expect(finish).not.toHaveBeenCalled();
      return answers.shift() ?? OK;
    },
    { method: 'GET' },
  );
  await clock.run(work);
  expect(begin).toHaveBeenCalledTimes(1);
  expect(finish).toHaveBeenCalledTimes(1);
});

test('each key has one lane, which is given the gate of the key', async () => {
  const { call, contexts, laneOf } = setUp(admit);
  await call(() => OK, { key: 'a' });
  await call(() => OK, { key: 'a' });
  await call(() => OK, { key: 'secret', showKey: () => 'shown' });
  expect(laneOf).toHaveBeenCalledTimes(2);
  expect(contexts[0]).toMatchObject({ key: 'a', label: 'a' });
  expect(contexts[1]?.label).toBe('shown #2');
});

test('every attempt asks the lane, and gives back what it was given', async () => {
  const { clock, call, applicants, ends } = setUp(admit);
  const answers = [{ status: 503, headers: { 'retry-after': '1' } }, OK];
  await clock.run(call(() => answers.shift() ?? OK, { priority: 'batch', tenant: 't', tokens: 7 }));
  expect(applicants).toMatchObject([
    {
      isRetry: false,
      keepsPlace: false,
      call: { priority: 'batch', tenant: 't', tokens: 7 },
    },
    { isRetry: true, keepsPlace: true },
  ]);
  expect(ends.map(({ end }) => end.facts?.status)).toEqual([503, 200]);
  expect(ends[0]?.end).toMatchObject({ failure: { kind: 'overloaded' }, closesMs: 1000 });
  expect(ends[1]?.end.failure).toBeUndefined();
  expect(ends[1]?.end.findUsage?.()).toBe(OK);
});

test('a call that is let go while it is still asking starts all the same', async () => {
  const { call, lane } = setUp(admit);
  vi.spyOn(lane, 'enter').mockImplementation((applicant) => {
    applicant.tell(admit());
    return undefined;
  });
  await expect(call(() => OK)).resolves.toBe(OK);
});

test('a call that waits in the lane starts when it is let go, and says so', async () => {
  let go: (said: LaneAdmission) => void = () => {};
  const { clock, call, events, traces } = setUp(({ onQueued }) => {
    onQueued?.({ position: 3, estimateMs: 2000 });
    return new Promise<LaneAdmission>((resolve) => {
      go = resolve;
    });
  });
  const operation = vi.fn(() => OK);
  const work = call(operation);
  await clock.advance(2000);
  expect(operation).not.toHaveBeenCalled();
  go(admit());
  await work;
  expect(events.find(({ type }) => type === 'queued')).toMatchObject({
    position: 3,
    estimateMs: 2000,
    attempt: 1,
  });
  expect(traces[0]?.holds).toEqual([{ beforeAttempt: 1, heldMs: 2000, queued: true }]);
});

test('a call that is turned away ends with the error of the lane, and makes no attempt', async () => {
  const error = new Error('full');
  const { call, traces } = setUp(() => ({ kind: 'turned-away', error, reason: 'queue-full' }));
  const operation = vi.fn(() => OK);
  await expect(call(operation)).rejects.toBe(error);
  expect(operation).not.toHaveBeenCalled();
  expect(traces[0]).toMatchObject({ outcome: 'give-up', reason: 'queue-full', attempts: [] });
});

test('a call whose wait cannot fit its deadline ends as one whose deadline ran out', async () => {
  const { call, traces } = setUp(() => ({ kind: 'too-late' }));
  await expect(call(() => OK, { deadlineMs: 10 })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(traces[0]?.reason).toBe('past-deadline');
});

test.each([
  ['past-deadline', { deadlineMs: 5000 }],
  ['max-hold', { deadlineMs: 500_000 }],
  ['max-hold', {}],
])(
  'a retry that is too late gets its last answer, because of %s with %j',
  async (reason, given) => {
    let asked = 0;
    const { clock, call, traces } = setUp(() => (++asked === 1 ? admit() : { kind: 'too-late' }));
    const refused = { status: 429, headers: { 'retry-after': '1' } };
    const work = call(() => refused, given);
    await clock.run(work);
    await expect(work).resolves.toBe(refused);
    expect(traces[0]?.reason).toBe(reason);
  },
);

test('a permit that was caught by a closed gate goes back, and the lane is asked again', async () => {
  let rounds = 0;
  const { policy, call, ends, applicants } = setUp(async (applicant) => {
    rounds++;
    const { gate } = policy.gates.of('k');
    if (rounds === 1) {
      const failure = {
        kind: 'rate-limited',
        effect: 'none',
        evidence: 'refused',
        transient: true,
        concerns: 'key',
        because: '',
      } as const;
      gate.close(
        { ms: 0, jitterMs: 0 },
        { failure, headers: {}, body: '', outcome: { ok: true, value: 429 } },
      );
      return admit();
    }
    const barrier = gate.attach({ length: 0, pump() {} });
    const said = barrier.pass(applicant, policy.clock.monotonic(), true);
    if (said?.kind !== 'admitted') throw new Error('it did not let it pass');
    return { kind: 'admitted', lanePermit: { permit: said.permit } };
  });
  await call(() => OK, { key: 'k' });
  // It comes again as one whose turn it was.
  expect(applicants).toMatchObject([
    { isRetry: false, keepsPlace: false },
    { isRetry: true, keepsPlace: true },
  ]);
  expect(ends.map(({ end }) => end.facts?.status)).toEqual([undefined, 200]);
});

test('a permit comes back when the call was aborted while it was let go', async () => {
  const controller = new AbortController();
  const { call, ends } = setUp(async () => {
    controller.abort(new Error('enough'));
    return admit();
  });
  const operation = vi.fn(() => OK);
  await expect(call(operation, { signal: controller.signal })).rejects.toThrow('enough');
  expect(operation).not.toHaveBeenCalled();
  expect(ends).toMatchObject([{ end: {} }]);
});

test('a permit comes back when a function of the policy throws', async () => {
  const { call, ends } = setUp(admit, {
    random: () => {
      throw new Error('no dice');
    },
  });
  await expect(call(() => ({ status: 500 }))).rejects.toThrow('no dice');
  expect(ends).toHaveLength(1);
});

test('test mode asks no lane', async () => {
  const { call, applicants } = setUp(admit);
  setTestMode({});
  try {
    await call(() => OK);
  } finally {
    setTestMode(false);
  }
  expect(applicants).toEqual([]);
});

test('the lane of a key that is forgotten is closed', async () => {
  const { call, closed } = setUp(admit);
  for (let key = 0; key <= 1000; key++) await call(() => OK, { key: `key ${key}` });
  expect(closed).toHaveBeenCalledTimes(1);
});

test.each([
  [{ priority: 'urgent' }],
  [{ priority: 101 }],
  [{ priority: 1.5 }],
  [{ tenant: 5 }],
  [{ tokens: -1 }],
  [{ tokens: { input: 5 } }],
])('a call with the bad option %j is refused', async (options) => {
  const { call } = setUp(admit);
  await expect(call(() => OK, options as CallOptions<Answer>)).rejects.toMatchObject({
    name: 'InvalidOptionsError',
  });
});

test('what is no limiter is refused', () => {
  expect(() => definePolicy({ limiter: {} as never })).toThrow('limiter');
});
