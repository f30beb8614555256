import { getEventListeners } from 'node:events';
import { FakeClock } from '@forbear/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Admission, Caller, GateRules, Permit, PermitEnd } from './admission.js';
import type { Closure } from './closure.js';
import { Gate } from './gate.js';
import type { Refusal } from './refusal.js';
import {
  type AnyGate,
  isProbe,
  QUOTA,
  RULES,
  refusalOf,
  type Visit,
  Visitors,
} from './rig.test.support.js';

/** A gate: the real one, or a wrong one that a property must find out. */
type Make = (rules: GateRules) => AnyGate;

const real: Make = (rules) => new Gate(rules);

/** What is done to a gate; `which` picks one of those that it can be done to. */
type Step =
  | { readonly do: 'enter'; readonly limitMs: number; readonly older: boolean }
  | { readonly do: 'end'; readonly which: number; readonly end: PermitEnd }
  | { readonly do: 'refuse'; readonly which: number; readonly closure: Closure }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'open' }
  | { readonly do: 'pass'; readonly ms: number };

/** What happened at a gate, in order. */
type Happening = { readonly atMs: number } & (
  | { readonly what: 'entered' | 'said' | 'aborted'; readonly visit: Visit }
  | { readonly what: 'ended'; readonly visit: Visit; readonly end: PermitEnd }
  | { readonly what: 'closed'; readonly closure: Closure }
  | { readonly what: 'opened' | 'rested' }
);

interface History {
  readonly happenings: readonly Happening[];
  readonly visits: readonly Visit[];
  /** Those who came when all was over, and of whom everyone was answered well. */
  readonly late: readonly Visit[];
  readonly timersLeft: number;
}

/** Does the steps to a gate, then lets all end well and time pass. */
class World {
  readonly #clock = new FakeClock();
  readonly #gate: AnyGate;
  readonly #visitors: Visitors;
  readonly #happenings: Happening[] = [];
  #heard = 0;
  readonly #underWay: Visit[] = [];

  constructor(make: Make) {
    this.#gate = make({ clock: this.#clock, ...RULES });
    this.#visitors = new Visitors(this.#clock, this.#gate);
  }

  async play(steps: readonly Step[]): Promise<History> {
    for (const step of steps) {
      await this.#do(step);
      this.#note({ what: 'rested' });
    }
    const visits = [...this.#visitors.all];
    for (let round = 0; round < 30 && this.#visitors.waiting.length > 0; round++) {
      await this.#endAll();
      await this.#pass(5000);
    }
    await this.#endAll();
    const timersLeft = this.#clock.timers;
    const late = await this.#comeLate();
    return { happenings: this.#happenings, visits, late, timersLeft };
  }

  /** Four come one after the other, with time for a probe between them. */
  async #comeLate(): Promise<readonly Visit[]> {
    const late: Visit[] = [];
    for (let round = 0; round < 4; round++) {
      await this.#pass(RULES.probeMs);
      late.push(await this.#enter(Number.POSITIVE_INFINITY, false));
      await this.#endAll();
    }
    return late;
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'enter':
        await this.#enter(step.limitMs, step.older);
        break;
      case 'end':
        await this.#end(pick(this.#underWay, step.which), step.end);
        break;
      case 'refuse':
        this.#note({ what: 'closed', closure: step.closure });
        this.#gate.close(step.closure, refusalOf());
        await this.#end(pick(this.#underWay, step.which), 'unanswered');
        break;
      case 'abort': {
        const visit = pick(this.#visitors.waiting, step.which);
        if (visit === undefined) break;
        this.#note({ what: 'aborted', visit });
        visit.abort();
        await this.#listen();
        break;
      }
      case 'open':
        this.#note({ what: 'opened' });
        this.#gate.open();
        await this.#listen();
        break;
      case 'pass':
        await this.#pass(step.ms);
    }
  }

  async #enter(limitMs: number, older: boolean): Promise<Visit> {
    const count = this.#visitors.all.length;
    const visit = this.#visitors.enter({ limitMs, number: older ? -count : count });
    this.#note({ what: 'entered', visit });
    await this.#listen();
    return visit;
  }

  async #end(visit: Visit | undefined, end: PermitEnd): Promise<void> {
    if (visit !== undefined) {
      this.#underWay.splice(this.#underWay.indexOf(visit), 1);
      this.#note({ what: 'ended', visit, end });
      const permit = permitOf(visit);
      if (permit !== undefined) this.#gate.settle(permit, end);
    }
    await this.#listen();
  }

  async #endAll(): Promise<void> {
    while (this.#underWay.length > 0) await this.#end(this.#underWay[0], 'succeeded');
  }

  /** Lets time pass, one timer after the other, those that are due at its end among them. */
  async #pass(ms: number): Promise<void> {
    for (const partMs of [ms, 0]) {
      let isOver = false;
      this.#clock.setTimer(() => {
        isOver = true;
      }, partMs);
      while (!isOver) {
        this.#clock.fireNext();
        await this.#listen();
      }
    }
  }

  /** Hears what the gate has said by now. */
  async #listen(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await undefined;
    for (; this.#heard < this.#visitors.answered.length; this.#heard++) {
      const visit = this.#visitors.answered[this.#heard] as Visit;
      this.#note({ what: 'said', visit });
      if (visit.said?.kind === 'admitted') this.#underWay.push(visit);
    }
  }

  #note(happening: DistributiveOmit<Happening, 'atMs'>): void {
    this.#happenings.push({ atMs: this.#clock.monotonic(), ...happening } as Happening);
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from[which % Math.max(1, from.length)];
}

function permitOf({ said }: Visit): Permit | undefined {
  return said?.kind === 'admitted' ? said.permit : undefined;
}

const withoutJitter = (ms: number): Closure => ({ ms, jitterMs: 0 });
const short = fc.integer({ min: 0, max: RULES.maxRetryAfterMs });
const long = fc.integer({ min: RULES.maxRetryAfterMs + 1, max: 300_000 });
const jittered = fc.record({
  ms: fc.oneof({ weight: 3, arbitrary: short }, long),
  jitterMs: fc.integer({ min: 0, max: 1000 }),
});
const limitMs = fc.oneof(
  { weight: 2, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  fc.integer({ min: 0, max: 70_000 }),
);
const which = fc.nat(50);
const enter = fc.record({ do: fc.constant('enter'), limitMs, older: fc.boolean() });
const end = fc.record({
  do: fc.constant('end'),
  which,
  end: fc.constantFrom('succeeded', 'succeeded', 'answered', 'unanswered'),
});
const refuse = (closure: fc.Arbitrary<Closure>) =>
  fc.record({ do: fc.constant('refuse'), which, closure });
const abort = fc.record({ do: fc.constant('abort'), which });
const pass = fc.record({
  do: fc.constant('pass'),
  ms: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40_000 })),
});
const open = fc.constant({ do: 'open' });

function history(...rest: fc.WeightedArbitrary<unknown>[]): fc.Arbitrary<readonly Step[]> {
  const step = fc.oneof(
    { weight: 8, arbitrary: enter },
    { weight: 5, arbitrary: end },
    { weight: 3, arbitrary: pass },
    ...rest,
  );
  return fc.array(step, { minLength: 1, maxLength: 50 }) as fc.Arbitrary<readonly Step[]>;
}

/** Whatever can happen to a gate. */
const anything = history(
  {
    weight: 3,
    arbitrary: refuse(fc.oneof({ weight: 4, arbitrary: jittered }, fc.constant(QUOTA))),
  },
  { weight: 1, arbitrary: abort },
  { weight: 1, arbitrary: open },
);

const ebb: Step = { do: 'refuse', which: 0, closure: { ms: 1000, jitterMs: 0 } };
const comer: Step = { do: 'enter', limitMs: Number.POSITIVE_INFINITY, older: false };

/** Short told waits without jitter alone, so that a simple model knows when the gate opens. */
const tides = history(
  { weight: 1, arbitrary: refuse(fc.nat(3000).map(withoutJitter)) },
  { weight: 1, arbitrary: abort },
).map((steps) => [ebb, comer, comer, comer, comer, ...steps]);

/** Until when the key is told to wait: the longest of what it was told, unless it was opened. */
class ToldModel {
  untilMs = 0;
  /** Probes that went since it was told anything longer. */
  readonly #probes = new Set<Visit>();

  /** Returns whether it is told for longer than it was. */
  hear(happening: Happening): boolean {
    const { atMs, what } = happening;
    if (what === 'closed' && atMs + happening.closure.ms >= this.untilMs) {
      this.untilMs = atMs + happening.closure.ms;
      this.#probes.clear();
      return true;
    }
    if (what === 'said' && isProbe(happening.visit)) this.#probes.add(happening.visit);
    const opens = what === 'ended' && this.#probes.delete(happening.visit);
    if (what === 'opened' || (opens && happening.end === 'succeeded')) {
      this.untilMs = Math.min(this.untilMs, atMs);
    }
    return false;
  }

  isLong(atMs: number): boolean {
    return this.untilMs - atMs > RULES.maxRetryAfterMs;
  }
}

/** How many may be under way: TCP's slow start, for told waits without jitter. */
class RampModel {
  readonly told = new ToldModel();
  readonly waiting = new Set<Visit>();
  readonly underWay = new Set<Visit>();
  width = Number.POSITIVE_INFINITY;
  #threshold = Number.POSITIVE_INFINITY;
  #grewAtMs = 0;
  #isAnswered = false;

  hear(happening: Happening): void {
    const { atMs, what } = happening;
    const isReopening = atMs >= this.told.untilMs && this.width < Number.POSITIVE_INFINITY;
    if (isReopening) this.#widen(atMs);
    const width = this.width;
    if (this.told.hear(happening)) this.#close(isReopening ? width : undefined);
    if (what === 'entered') this.waiting.add(happening.visit);
    if (what === 'said') {
      this.waiting.delete(happening.visit);
      if (happening.visit.said?.kind === 'admitted') this.underWay.add(happening.visit);
    }
    if (what === 'ended' && this.underWay.delete(happening.visit)) {
      if (happening.end === 'succeeded' || happening.end === 'answered') this.#answer(atMs);
    }
  }

  /** How many more may go. */
  room(atMs: number): number {
    return atMs < this.told.untilMs ? 0 : Math.floor(this.width) - this.underWay.size;
  }

  #widen(atMs: number): void {
    for (; atMs >= this.#grewAtMs + 250 && this.width < 2 ** 20; this.#grewAtMs += 250) {
      const isSlow = this.width * 2 > this.#threshold;
      this.width = isSlow ? Math.max(this.#threshold, this.width + 1) : this.width * 2;
    }
    const isOver = this.#isAnswered || this.width >= 2 ** 20;
    if (isOver && this.waiting.size === 0) this.#open();
  }

  #open(): void {
    this.width = Number.POSITIVE_INFINITY;
    this.#threshold = Number.POSITIVE_INFINITY;
    this.#isAnswered = false;
  }

  /** @param refusedWidth the width in which it was refused, if it was reopening */
  #close(refusedWidth: number | undefined): void {
    if (refusedWidth !== undefined && refusedWidth < Number.POSITIVE_INFINITY) {
      this.#threshold = Math.max(1, Math.floor(refusedWidth / 2));
    }
    this.width = 1;
    this.#grewAtMs = this.told.untilMs;
    this.#isAnswered = false;
    this.underWay.clear();
  }

  #answer(atMs: number): void {
    this.#isAnswered = true;
    this.width += this.width < this.#threshold ? 1 : 0.5 / this.width;
    this.#grewAtMs = atMs;
  }
}

interface Property {
  readonly steps: fc.Arbitrary<readonly Step[]>;
  holds(history: History): boolean;
}

/** Holds if it holds whenever a call was told something. */
function whenSaid(
  holds: (said: Admission, visit: Visit, told: ToldModel, atMs: number) => boolean,
): Property {
  return {
    steps: anything,
    holds({ happenings }) {
      const told = new ToldModel();
      return happenings.every((happening) => {
        told.hear(happening);
        if (happening.what !== 'said' || happening.visit.said === undefined) return true;
        return holds(happening.visit.said, happening.visit, told, happening.atMs);
      });
    },
  };
}

const PROPERTIES = {
  'nothing but probes goes while the key is told to wait': whenSaid(
    ({ kind }, visit, told, atMs) => kind !== 'admitted' || isProbe(visit) || atMs >= told.untilMs,
  ),
  'a call is refused only while nothing goes for long': whenSaid(
    ({ kind }, _, told, atMs) => kind !== 'refused' || told.isLong(atMs),
  ),
  'a call is too late only if its limit has come, or comes before the end of the told wait':
    whenSaid(
      ({ kind }, { limitAtMs }, told, atMs) =>
        (kind !== 'too-late' || limitAtMs <= told.untilMs) &&
        (kind !== 'expired' || limitAtMs <= atMs),
    ),
  'nobody waits past its limit': whenSaid((_, { limitAtMs }, __, atMs) => atMs <= limitAtMs),
  'an aborted call leaves at once': {
    steps: anything,
    holds: ({ happenings }) =>
      happenings.every(
        ({ what, atMs }, index) =>
          what !== 'aborted' ||
          happenings
            .slice(index)
            .some(
              (later) =>
                later.what === 'said' &&
                later.atMs === atMs &&
                later.visit === (happenings[index] as { visit?: Visit }).visit &&
                later.visit.said?.kind === 'aborted',
            ),
      ),
  },
  'of those who wait the oldest goes first': {
    steps: anything,
    holds({ happenings }) {
      const waiting = new Set<Visit>();
      return happenings.every((happening) => {
        if (happening.what === 'entered') waiting.add(happening.visit);
        if (happening.what !== 'said') return true;
        waiting.delete(happening.visit);
        const { said, number } = happening.visit;
        if (said?.kind !== 'admitted' || isProbe(happening.visit)) return true;
        return [...waiting].every((other) => other.number > number);
      });
    },
  },
  'after it reopens no more are under way than the ramp allows': {
    steps: tides,
    holds({ happenings }) {
      const model = new RampModel();
      return happenings.every((happening) => {
        model.hear(happening);
        return happening.what !== 'said' || model.room(happening.atMs) >= 0;
      });
    },
  },
  'nobody waits who might go by the ramp': {
    steps: tides,
    holds({ happenings }) {
      const model = new RampModel();
      return happenings.every((happening) => {
        model.hear(happening);
        if (happening.what !== 'rested' || model.waiting.size === 0) return true;
        return model.room(happening.atMs) <= 0;
      });
    },
  },
  'a probe goes only to what is closed for long, and one each probeMs': {
    steps: anything,
    holds({ happenings }) {
      const told = new ToldModel();
      let probeAtMs = 0;
      return happenings.every((happening) => {
        const { atMs, what } = happening;
        if (told.hear(happening)) probeAtMs = atMs + RULES.probeMs;
        if (what !== 'said' || !isProbe(happening.visit)) return true;
        const mayGo = told.isLong(atMs) && atMs >= probeAtMs;
        probeAtMs = atMs + RULES.probeMs;
        return mayGo;
      });
    },
  },
  'whoever comes when a probe is due is the probe, and a probe that succeeds opens it': {
    steps: fc
      .array(fc.tuple(fc.nat(50_000), fc.constantFrom('answered', 'unanswered')), { maxLength: 10 })
      .map((gaps) => [
        { do: 'refuse', which: 0, closure: QUOTA },
        ...gaps.flatMap(([ms, end]): readonly Step[] => [
          { do: 'pass', ms },
          { do: 'enter', limitMs: 0, older: false },
          { do: 'end', which: 0, end },
        ]),
      ]),
    holds({ visits, late }) {
      let probeAtMs = RULES.probeMs;
      const asExpected = visits.every(({ enteredAtMs, said }) => {
        const isDue = enteredAtMs >= probeAtMs;
        if (isDue) probeAtMs = enteredAtMs + RULES.probeMs;
        return said?.kind === (isDue ? 'admitted' : 'refused');
      });
      return asExpected && late.map(isProbe).join() === 'true,false,false,false';
    },
  },
  'every call is told something once, and nothing of it is left': {
    steps: anything,
    holds: ({ visits, timersLeft }) =>
      timersLeft === 0 &&
      visits.every(({ times, signal }) => {
        return times === 1 && getEventListeners(signal, 'abort').length === 0;
      }),
  },
  'when all goes well again everyone goes who has no limit, and it opens': {
    steps: anything,
    holds: ({ visits, late, happenings }) => {
      const aborted = happenings.flatMap((each) => (each.what === 'aborted' ? [each.visit] : []));
      const patient = visits.filter(
        (each) => each.limitAtMs === Number.POSITIVE_INFINITY && !aborted.includes(each),
      );
      const went = patient.every(({ said }) => /admitted|refused/.test(said?.kind ?? ''));
      const last = late.at(-1);
      return went && last?.said?.kind === 'admitted' && !isProbe(last);
    },
  },
} satisfies Record<string, Property>;

type Name = keyof typeof PROPERTIES;

async function run(name: Name, make: Make, options = {}) {
  const { steps, holds } = PROPERTIES[name] as Property;
  const property = fc.asyncProperty(steps, async (given) =>
    holds(await new World(make).play(given)),
  );
  return fc.check(property, { numRuns: 200, ...options });
}

describe('whatever happens to a gate', () => {
  test.each(Object.keys(PROPERTIES) as Name[])('%s', async (name) => {
    const details = await run(name, real);
    expect(details.failed, fc.defaultReportMessage(details)).toBe(false);
  });
});

/** A gate that asks the real one otherwise than it was asked. */
function asking(change: (caller: Caller) => Caller): Make {
  return (rules) =>
    new (class extends Gate {
      override enter(caller: Caller) {
        return super.enter(change(caller));
      }
    })(rules);
}

/** A gate that hears of told waits otherwise than they were told. */
function closing(change: (closure: Closure, gate: Gate) => Closure): Make {
  return (rules) =>
    new (class extends Gate {
      override close(closure: Closure, refusal: Refusal) {
        super.close(change(closure, this), refusal);
      }
    })(rules);
}

/** A gate that hears otherwise of how attempts end. */
function hearing(change: (permit: Permit, end: PermitEnd) => PermitEnd | undefined): Make {
  return (rules) =>
    new (class extends Gate {
      override settle(permit: Permit, end: PermitEnd) {
        const heard = change(permit, end);
        if (heard !== undefined) super.settle(permit, heard);
      }
    })(rules);
}

/** Everybody waits for the same moment, and then all go. */
const herding: Make = ({ clock }) => {
  let untilMs = 0;
  const go: Admission = { kind: 'admitted' };
  return {
    enter() {
      const leftMs = untilMs - clock.monotonic();
      return leftMs <= 0 ? go : new Promise((leave) => clock.setTimer(() => leave(go), leftMs));
    },
    close({ ms }) {
      untilMs = Math.max(untilMs, clock.monotonic() + ms);
    },
    settle() {},
    open() {
      untilMs = 0;
    },
  };
};

/** Takes every permit back as soon as it has given it. */
const uncounted: Make = (rules) =>
  new (class extends Gate {
    override enter(caller: Caller) {
      const said = super.enter(caller);
      if (said instanceof Promise) return said.then((each) => this.#takeBack(each));
      return this.#takeBack(said);
    }

    #takeBack(said: Admission): Admission {
      if (said.kind === 'admitted' && said.permit) this.settle(said.permit, 'unanswered');
      return said;
    }
  })(rules);

const forgetting: Make = (rules) =>
  new (class extends Gate {
    override enter(caller: Caller) {
      const said = super.enter(caller);
      return said instanceof Promise && caller.number % 3 === 0
        ? new Promise<never>(() => {})
        : said;
    }
  })(rules);

describe('a wrong gate is found out', () => {
  const TOLD = 'nothing but probes goes while the key is told to wait';
  const RAMP = 'after it reopens no more are under way than the ramp allows';
  const MIGHT_GO = 'nobody waits who might go by the ramp';
  const ONCE = 'every call is told something once, and nothing of it is left';
  const GOES_WELL = 'when all goes well again everyone goes who has no limit, and it opens';
  const PROBE_DUE =
    'whoever comes when a probe is due is the probe, and a probe that succeeds opens it';
  const WRONG: [string, Make, Name][] = [
    [
      'shortens told waits by a tenth',
      closing(({ ms, ...rest }) => ({ ...rest, ms: ms * 0.9 })),
      TOLD,
    ],
    [
      'lets a shorter told wait replace a longer one',
      closing((closure, gate) => {
        gate.open();
        return closure;
      }),
      TOLD,
    ],
    ['herds', herding, RAMP],
    ['does not count who is under way', uncounted, RAMP],
    ['never gets a permit back', hearing(() => undefined), MIGHT_GO],
    ['takes no answer for one', hearing(({ ramp }) => ramp && 'unanswered'), MIGHT_GO],
    ['forgets a waiter', forgetting, ONCE],
    ['forgets a waiter', forgetting, GOES_WELL],
    ['never opens after a probe', hearing(({ ramp }, end) => ramp && end), GOES_WELL],
    ['never opens after a probe', hearing(({ ramp }, end) => ramp && end), PROBE_DUE],
    ['never probes', (rules) => real({ ...rules, probeMs: Number.POSITIVE_INFINITY }), PROBE_DUE],
    [
      'probes all the time',
      (rules) => real({ ...rules, probeMs: 1 }),
      'a probe goes only to what is closed for long, and one each probeMs',
    ],
    [
      'refuses what could wait',
      (rules) => real({ ...rules, maxRetryAfterMs: 1000 }),
      'a call is refused only while nothing goes for long',
    ],
    [
      'gives up too early',
      asking((caller) => ({ ...caller, limitAtMs: caller.limitAtMs - 5000 })),
      'a call is too late only if its limit has come, or comes before the end of the told wait',
    ],
    [
      'has no limits',
      asking((caller) => ({ ...caller, limitAtMs: Number.POSITIVE_INFINITY })),
      'nobody waits past its limit',
    ],
    [
      'does not hear aborts',
      asking((caller) => ({ ...caller, signal: undefined })),
      'an aborted call leaves at once',
    ],
    [
      'lets the youngest go first',
      asking((caller) => ({ ...caller, number: -caller.number })),
      'of those who wait the oldest goes first',
    ],
  ];

  test.each(WRONG)('one that %s', async (_, make, name) => {
    // Always the same draws, so that this test is as sure tomorrow.
    const { failed } = await run(name, make, { seed: 1, endOnFailure: true });
    expect(failed).toBe(true);
  });

  test('there is one for every property', () => {
    expect(new Set(WRONG.map(([, , name]) => name))).toEqual(new Set(Object.keys(PROPERTIES)));
  });
});
