import type { Clock } from '../clock.js';
import type { Failure } from '../failure.js';
import type { Admission, Caller, GateRules, Permit } from './admission.js';
import { Gate } from './gate.js';
import type { Refusal } from './refusal.js';

/** What the tests use of a gate. */
export type AnyGate = Pick<Gate, 'enter' | 'close' | 'settle' | 'open'>;

/** A call that came to a gate, and what it was told there. */
export interface Visit {
  readonly number: number;
  readonly limitAtMs: number;
  readonly abort: () => void;
  readonly signal: AbortSignal;
  readonly enteredAtMs: number;
  said: Admission | undefined;
  saidAtMs: number;
  /** How often it was told something. */
  times: number;
}

export const RULES = { maxRetryAfterMs: 60_000, probeMs: 30_000 };

/** What a key that has no money left was told. */
export const QUOTA = { ms: Number.POSITIVE_INFINITY, jitterMs: 0 };

/** Longer than `RULES.maxRetryAfterMs`. */
export const LONG = { ms: 90_000, jitterMs: 0 };

export function told(ms: number, jitterMs = 0) {
  return { ms, jitterMs };
}

/** The answer that closed a gate. */
export function refusalOf(given: Partial<Failure> = {}): Refusal {
  const failure: Failure = {
    kind: 'rate-limited',
    effect: 'none',
    evidence: 'refused',
    transient: true,
    concerns: 'key',
    status: 429,
    because: 'too many requests',
    ...given,
  };
  return { failure, headers: {}, body: '', outcome: { ok: true, value: failure.status } };
}

export function makeGate(clock: Clock, rules: Partial<GateRules> = {}): Gate {
  return new Gate({ clock, ...RULES, ...rules });
}

/** Sends callers to a gate, the oldest first, and writes down what they are told. */
export class Visitors {
  readonly all: Visit[] = [];
  /** Those who were told something, in that order. */
  readonly answered: Visit[] = [];
  readonly #clock: Clock;
  readonly #gate: AnyGate;

  constructor(clock: Clock, gate: AnyGate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  /** @param limitMs for how long it may wait */
  enter({ limitMs = Number.POSITIVE_INFINITY, number = this.all.length } = {}): Visit {
    const controller = new AbortController();
    const { signal } = controller;
    const nowMs = this.#clock.monotonic();
    const visit: Visit = {
      number,
      limitAtMs: nowMs + limitMs,
      abort: () => controller.abort(),
      signal,
      enteredAtMs: nowMs,
      said: undefined,
      saidAtMs: Number.NaN,
      times: 0,
    };
    this.all.push(visit);
    const caller: Caller = { number, limitAtMs: visit.limitAtMs, signal };
    const hear = (said: Admission) => {
      visit.said = said;
      visit.saidAtMs = this.#clock.monotonic();
      visit.times++;
      this.answered.push(visit);
    };
    const said = this.#gate.enter(caller);
    if (said instanceof Promise) void said.then(hear);
    else hear(said);
    return visit;
  }

  /** So many callers, one after the other. */
  enterAll(count: number, options: { readonly limitMs?: number } = {}): readonly Visit[] {
    return Array.from({ length: count }, () => this.enter(options));
  }

  get waiting(): readonly Visit[] {
    return this.all.filter(({ said }) => said === undefined);
  }

  get admitted(): readonly Visit[] {
    return this.all.filter(({ said }) => said?.kind === 'admitted');
  }
}

/** The permit of a call that was let go by a ramp or as a probe. */
export function permitOf({ said }: Visit): Permit {
  if (said?.kind !== 'admitted' || said.permit === undefined) throw new Error('it has no permit');
  return said.permit;
}

/** Whether a call was let go as a probe. */
export function isProbe({ said }: Visit): boolean {
  return said?.kind === 'admitted' && said.permit !== undefined && said.permit.ramp === undefined;
}
