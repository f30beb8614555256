import type { GateRules } from './gate/admission.js';
import { Gate } from './gate/gate.js';
import { RefrainedCalls } from './layered-retry.js';
import type { Lane } from './limiter.js';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget.js';
import { WasteCount } from './waste.js';

/** What the keys of a policy are made with. */
export interface KeyRules extends GateRules {
  /** `undefined`: retries are not budgeted. */
  readonly retryBudget: Required<RetryBudgetOptions> | undefined;
  /** `undefined`: repetitions are not refused. */
  readonly refuseRepeatsMs?: number | undefined;
}

/** What the calls of one key share. */
export class KeyState {
  /** What may be shown of the key. */
  readonly label: string;
  readonly gate: Gate;
  readonly budget: RetryBudget | undefined;
  readonly waste: WasteCount;
  readonly refrained: RefrainedCalls;
  /** The queue of its limiter, if there is one. */
  lane: Lane | undefined;
  /** Calls of it that are under way. */
  active = 0;
  /** Calls of it that were refused without an attempt. */
  refusals = 0;

  /** Whether later calls of the key find it. */
  readonly isKept: boolean;

  /** @param forgotten counts its waste where it is not kept itself */
  constructor(label: string, rules: KeyRules, forgotten?: WasteCount) {
    this.label = label;
    this.waste = forgotten ?? new WasteCount();
    this.isKept = forgotten === undefined;
    this.gate = new Gate(rules);
    this.refrained = new RefrainedCalls(rules.refuseRepeatsMs);
    this.budget = rules.retryBudget && new RetryBudget(rules.clock, rules.retryBudget);
  }
}
