import { type Answer, type AnswerHeaders, answerJson } from './answer.js';
import { countTokens } from './completion.js';
import type { Endpoints, Routed } from './endpoints.js';
import { errorPage } from './error-page.js';
import { KeyLimits, type Limits } from './key-limits.js';
import type { WritableLedger } from './ledger.js';
import type { Settings } from './options.js';
import type { RequestRecord } from './request-record.js';

/** A request that the provider has looked at, with what it will answer. */
export interface Task {
  readonly answer: Answer;
  /** The rate-limit headers of whatever is answered. */
  readonly limits: AnswerHeaders;
  /** Whether there is work to do. */
  readonly admitted: boolean;
  /** Does the work and bills it; nothing, if it was refused. */
  commit(): void;
}

/** The API key of a request, or `undefined` when there is none to be found. */
function keyOf({ authorization, 'x-api-key': key }: RequestRecord['headers']): string | undefined {
  return /^bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? (key && String(key));
}

function refuse(answer: Answer, limits: AnswerHeaders = {}): Task {
  const headers = { ...answer.headers, ...limits };
  return { answer: { ...answer, headers }, limits, admitted: false, commit() {} };
}

/** The provider's business: keys, then limits, then the request itself, then money, then work. */
export class Service {
  readonly #settings: Settings;
  readonly #endpoints: Endpoints;
  readonly #ledger: WritableLedger;
  readonly #limits: KeyLimits;
  #cents: number;

  constructor(settings: Settings, endpoints: Endpoints, ledger: WritableLedger) {
    this.#settings = settings;
    this.#endpoints = endpoints;
    this.#ledger = ledger;
    this.#limits = new KeyLimits(settings);
    this.#cents = this.#initialCents();
  }

  admit(record: RequestRecord, body: Buffer): Task {
    const key = keyOf(record.headers);
    if (key === undefined || !this.#knows(key)) {
      return refuse(answerJson(401, errorPage.invalidApiKey()));
    }
    const { headers: limits, refusedForS } = this.#limits.admit(key, countTokens(body));
    if (refusedForS !== undefined) {
      const headers = { 'retry-after': String(refusedForS) };
      return refuse(answerJson(429, errorPage.rateLimited(refusedForS), headers), limits);
    }
    const { method, path } = record;
    const routed = this.#endpoints.route({ method, path, body });
    if (routed.answer.status !== 200) return refuse(routed.answer, limits);
    if (routed.billed && !this.#canPay()) {
      return refuse(answerJson(402, errorPage.insufficientCredit()), limits);
    }
    const answer = { ...routed.answer, headers: { ...routed.answer.headers, ...limits } };
    return { answer, limits, admitted: true, commit: () => this.#commit(record, routed) };
  }

  fill(cents: number): void {
    this.#cents += cents;
  }

  limit(limits: Limits): void {
    this.#limits.change(limits);
  }

  clear(): void {
    this.#limits.clear();
    this.#cents = this.#initialCents();
  }

  #commit({ callId, method, path }: RequestRecord, routed: Routed): void {
    const { priceCents: amount, clock } = this.#settings;
    routed.effect?.();
    if (!routed.billed) return;
    this.#cents -= amount;
    this.#ledger.write({ callId, method, path, amount, atMs: clock.now() });
  }

  #canPay(): boolean {
    return this.#cents > 0 && this.#cents >= this.#settings.priceCents;
  }

  #knows(key: string): boolean {
    return this.#settings.keys?.includes(key) ?? key.startsWith('sk-');
  }

  #initialCents(): number {
    return this.#settings.wallet?.cents ?? Number.POSITIVE_INFINITY;
  }
}
