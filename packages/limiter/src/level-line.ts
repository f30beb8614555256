import { type Clock, type LaneAdmission, WaitingLine } from '@forbear/core';
import type { Entry } from './entry.js';
import type { Need } from './need.js';

/** What is kept of a tenant while calls of it wait. */
interface Tenant {
  waiting: number;
  /** The tag of its last call. */
  tag: number;
}

/**
 * The calls of one priority. Tenants take turns by what they take, tokens or requests: each call is
 * tagged with the share of its tenant up to it, and the smallest tag goes first (start-time fair
 * queueing, Goyal 1996). Within a tenant the older call goes first.
 */
export class LevelLine {
  readonly level: number;
  readonly #line: WaitingLine<LaneAdmission, Entry>;
  readonly #tenants = new Map<string, Tenant>();
  readonly #clock: Clock;
  /** The tag of the call that was let go last. */
  #tag = 0;
  /** Since when it waits without any of it being let go, by the monotonic clock. */
  #neglectedSinceMs = 0;
  /** How many of those that wait were counted when they came, and what they take. */
  #weighed = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  /** What a call is taken to take that came before tokens were limited. */
  #typicalTokens: number | undefined;

  /** @param onLeave is told when one has left by itself */
  constructor(level: number, clock: Clock, onLeave: () => void) {
    this.level = level;
    this.#clock = clock;
    this.#line = new WaitingLine<LaneAdmission, Entry>(
      clock,
      (entry) => {
        this.#forget(entry);
        onLeave();
      },
      (one, other) => one.tag - other.tag || one.number - other.number,
    );
  }

  get length(): number {
    return this.#line.length;
  }

  get first(): Entry | undefined {
    return this.#line.first;
  }

  get firstLimitAtMs(): number {
    return this.#line.firstLimitAtMs;
  }

  /** Since when it has been passed over, by the monotonic clock. */
  get neglectedSinceMs(): number {
    return this.#neglectedSinceMs;
  }

  join(entry: Entry): void {
    if (this.#line.length === 0) this.#neglectedSinceMs = this.#clock.monotonic();
    const cost = this.#costOf(entry);
    const tenant = this.#tenantOf(entry.tenant);
    tenant.waiting++;
    if (entry.applicant.keepsPlace) entry.tag = this.#tag;
    else {
      tenant.tag = Math.max(tenant.tag, this.#tag) + cost;
      entry.tag = tenant.tag;
    }
    entry.isWeighed = entry.isCounted;
    this.#weigh(entry, 1);
    this.#line.join(entry);
  }

  /** Lets the first one go. */
  shift(end: LaneAdmission, nowMs: number): void {
    const entry = this.#line.take();
    if (entry === undefined) return;
    this.#tag = Math.max(this.#tag, entry.tag);
    this.#neglectedSinceMs = nowMs;
    this.#forget(entry);
    entry.tell(end);
  }

  /** Lets the last one go. */
  pop(end: LaneAdmission): void {
    const entry = this.#line.pop(end);
    if (entry !== undefined) this.#forget(entry);
  }

  /** Lets all go that `end` has an end for. */
  sweep(end: (entry: Entry) => LaneAdmission | undefined): void {
    this.#line.sweep((entry) => {
      const ended = end(entry);
      if (ended !== undefined) this.#forget(entry);
      return ended;
    });
  }

  /** What waits in it: calls and tokens, of which those that were not counted have as many as the others. */
  get total(): Need {
    const requests = this.#line.length;
    const share = this.#weighed === 0 ? 0 : requests / this.#weighed;
    return {
      requests,
      inputTokens: this.#inputTokens * share,
      outputTokens: this.#outputTokens * share,
    };
  }

  /** How many calls of it will be let go before one that comes to it now. */
  aheadOf(tenant: string): number {
    const own = (this.#tenants.get(tenant)?.waiting ?? 0) + 1;
    let ahead = own - 1;
    for (const [name, { waiting }] of this.#tenants) {
      if (name !== tenant) ahead += Math.min(waiting, own);
    }
    return ahead;
  }

  #tenantOf(name: string): Tenant {
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const tenant = { waiting: 0, tag: this.#tag };
    this.#tenants.set(name, tenant);
    return tenant;
  }

  #forget(entry: Entry): void {
    const { tenant: name } = entry;
    const tenant = this.#tenants.get(name);
    if (tenant !== undefined && --tenant.waiting === 0) {
      // The one without a name stays, since it is there in most lines; it too owes nothing any more.
      if (name === '') tenant.tag = 0;
      else this.#tenants.delete(name);
    }
    this.#weigh(entry, -1);
  }

  #weigh(entry: Entry, sign: 1 | -1): void {
    if (!entry.isWeighed) return;
    this.#weighed += sign;
    this.#inputTokens += sign * entry.inputTokens;
    this.#outputTokens += sign * entry.outputTokens;
  }

  /** The share of its tenant: 1 for a typical call, also where no tokens are counted. */
  #costOf(entry: Entry): number {
    if (!entry.isCounted) return 1;
    this.#typicalTokens ??= tokensOf(this.first ?? entry);
    return tokensOf(entry) / this.#typicalTokens;
  }
}

function tokensOf({ inputTokens, outputTokens }: Need): number {
  return Math.max(1, inputTokens + outputTokens);
}
