import type { Limit } from '../limit.js';
import { amountOf, type Need, type Unit } from '../need.js';
import type { LearntLimit, LimitSnapshot, TooLarge } from '../permit-source.js';
import { LearntPace, type ResetShape } from './learnt-pace.js';

/** What is left of a limit wavers; only where it asks for so much more time a given limit gives way. */
const CLEARLY = 1.15;

/** Every unit that a limit can count. */
export const UNITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;

/** The limits of one key, given and learnt, and the pace that keeps all of them. */
export class Limits {
  readonly #given: readonly Limit[];
  readonly #shape: ResetShape;
  readonly #learnt = new Map<
    string,
    { readonly unit: Unit; readonly name: string; readonly pace: LearntPace }
  >();

  constructor(given: readonly Limit[], shape: ResetShape) {
    this.#given = given;
    this.#shape = shape;
  }

  /** Takes in what a server said. Returns whether one of them holds another amount than before. */
  learn(limits: readonly LearntLimit[], nowMs: number): boolean {
    let isNews = false;
    for (const said of limits) {
      const id = `${said.unit} ${said.name}`;
      const known = this.#learnt.get(id) ?? {
        unit: said.unit,
        name: said.name,
        pace: new LearntPace(this.#shape),
      };
      this.#learnt.set(id, known);
      const before = known.pace.limit;
      known.pace.learn(said, nowMs);
      if (known.pace.limit !== before) isNews = true;
    }
    return isNews;
  }

  /** Milliseconds for each of a unit that keep every limit of it; 0: there is none. */
  paceMs(unit: Unit, nowMs: number): number {
    const givenMs = this.givenPaceMs(unit);
    const learnt = [...this.#learnt.values()].filter((limit) => limit.unit === unit);
    const learntMs = Math.max(0, ...learnt.map(({ pace }) => pace.paceMs(nowMs)));
    return learntMs > givenMs * CLEARLY ? learntMs : givenMs;
  }

  /** The same for the limits that were given alone. */
  givenPaceMs(unit: Unit): number {
    const given = this.#given.filter((limit) => limit.unit === unit);
    return Math.max(0, ...given.map(({ amount, perMs }) => perMs / amount));
  }

  /** The shortest window of the limits that were given, in milliseconds; absent: none was. */
  windowMs(unit: Unit): number | undefined {
    const windows = this.#given.filter((limit) => limit.unit === unit).map(({ perMs }) => perMs);
    return windows.length > 0 ? Math.min(...windows) : undefined;
  }

  /** Milliseconds until something is left again of every limit; 0: something is. */
  emptyForMs(nowMs: number): number {
    return Math.max(0, ...[...this.#learnt.values()].map(({ pace }) => pace.emptyForMs(nowMs)));
  }

  tooLarge(need: Need): TooLarge | undefined {
    for (const { unit, limit } of this.#amounts()) {
      const needed = amountOf(need, unit);
      if (limit !== undefined && needed > limit) return { unit, limit, need: needed };
    }
    return undefined;
  }

  snapshot(nowMs: number): readonly LimitSnapshot[] {
    const given = this.#given.map(({ unit, amount }) => ({ unit, limit: amount }));
    const learnt = [...this.#learnt.values()].map(({ unit, name, pace }) => {
      const { limit } = pace;
      const remaining = pace.remaining(nowMs);
      return {
        unit,
        name,
        ...(limit !== undefined && { limit }),
        ...(remaining !== undefined && { remaining }),
      };
    });
    return [...given, ...learnt];
  }

  #amounts(): readonly { readonly unit: Unit; readonly limit: number | undefined }[] {
    return [
      ...this.#given.map(({ unit, amount }) => ({ unit, limit: amount })),
      ...[...this.#learnt.values()].map(({ unit, pace }) => ({ unit, limit: pace.limit })),
    ];
  }
}
