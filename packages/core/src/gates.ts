import { ask } from './events.js';
import type { GateState } from './gate/admission.js';
import { toPrintable } from './http/printable.js';
import { type KeyRules, KeyState } from './key-state.js';
import { type Waste, WasteCount } from './waste.js';

const MOST_KEYS = 1000;
/** UTF-16 units of a key that are shown, beside its number. */
const MOST_SHOWN = 190;

/** What is known of a key at one moment. */
export interface GateSnapshot {
  /** What may be shown of the key: no credential. */
  readonly key: string;
  readonly state: GateState;
  /** When it opens, in Unix milliseconds; absent: it is open, or nobody knows. */
  readonly untilMs?: number;
  /** Calls that wait in it. */
  readonly waiting: number;
  /** Retries that its budget allows now, a whole number; absent: any number. */
  readonly retriesAllowed?: number;
}

/** The waste of one key. */
export interface KeyWaste extends Waste {
  /** What may be shown of the key; absent: all the keys that are no longer remembered. */
  readonly key?: string;
}

/**
 * The gates of a policy, one for each key, and what else the calls of a key share. At most 1,000 keys
 * are remembered: the least recently used one without calls goes first.
 */
export class Gates {
  readonly #rules: KeyRules;
  readonly #states = new Map<string, KeyState>();
  readonly #forgotten = new WasteCount();
  #latest: KeyState | undefined;
  #made = 0;

  constructor(rules: KeyRules) {
    this.#rules = rules;
  }

  /** Every key that is remembered, the least recently used one first. */
  snapshot(): readonly GateSnapshot[] {
    return [...this.#states.values()].map(({ label, gate, budget }) => {
      const { state, waiting, opensInMs } = gate;
      const allowed = budget && Math.floor(budget.retriesAllowed);
      return {
        key: label,
        state,
        ...(opensInMs > 0 &&
          Number.isFinite(opensInMs) && { untilMs: this.#rules.clock.now() + opensInMs }),
        waiting,
        ...(allowed !== undefined && { retriesAllowed: allowed }),
      };
    });
  }

  /**
   * Opens a gate because you know better than its last answer: the wallet was filled, say. Calls that
   * wait in it go by its ramp.
   *
   * @param key as in events and snapshots. @default all
   * @returns how many gates were opened
   */
  open(key?: string): number {
    const shut = [...this.#states.values()].filter(
      ({ label, gate }) => !gate.isOpen && (key === undefined || label === key),
    );
    for (const { gate } of shut) gate.open();
    return shut.length;
  }

  /** What was wasted since the start or the last reset, by key. */
  waste(): readonly KeyWaste[] {
    const known = [...this.#states.values()].map(({ label, waste }) => ({
      key: label,
      ...waste.read(),
    }));
    const { useful, wasted } = this.#forgotten;
    return useful + wasted > 0 ? [...known, this.#forgotten.read()] : known;
  }

  /** Counts the waste from 0 again. */
  resetWaste(): void {
    for (const { waste } of this.#states.values()) waste.reset();
    this.#forgotten.reset();
  }

  /**
   * What the calls of a key share; for adapters.
   *
   * @param key may hold a credential, and is not shown
   * @param show what of it may be shown; absent: all of it. It is asked once for each key, and a
   *   number is added that tells apart what looks alike
   */
  of(key: string, show?: () => string): KeyState {
    const known = this.#states.get(key);
    if (known !== undefined) {
      if (known !== this.#latest) {
        this.#states.delete(key);
        this.#states.set(key, known);
        this.#latest = known;
      }
      return known;
    }
    this.#made++;
    const shown = toPrintable(show === undefined ? key : (ask(show) ?? 'a key'), MOST_SHOWN);
    // What is shown whole tells itself apart.
    const label = shown === key ? key : `${shown} #${this.#made}`;
    if (this.#states.size >= MOST_KEYS && !this.#forgetOne()) {
      // All others have calls under way. It is not remembered, but what it wastes is.
      return new KeyState(label, this.#rules, this.#forgotten);
    }
    const state = new KeyState(label, this.#rules);
    this.#states.set(key, state);
    this.#latest = state;
    return state;
  }

  /** Forgets the least recently used key without calls, one that is not told to wait if there is any. */
  #forgetOne(): boolean {
    let found: string | undefined;
    for (const [key, { active, gate }] of this.#states) {
      if (active > 0) continue;
      const isOpen = gate.state === 'open';
      if (isOpen || found === undefined) found = key;
      if (isOpen) break;
    }
    const state = found === undefined ? undefined : this.#states.get(found);
    if (found === undefined || state === undefined) return false;
    this.#states.delete(found);
    this.#forgotten.add(state.waste);
    state.lane?.close();
    return true;
  }
}
