import type { Attempt, Outcome } from '@forbear/core';
import { readWire, type Sent, type WireRecord, watchWire } from '#wire';
import type { AxiosResponse, SentConfig } from './bare-axios.js';
import type { BodyParts, BodyPlan } from './body.js';
import { answerOf, discardAnswer } from './discard.js';
import { copyHeaders } from './request-headers.js';
import type { Wrapping } from './wrapping.js';

/** What of a config is an attempt's own, and is not handed out. */
const OWN: ReadonlySet<string> = new Set(['adapter', 'data', 'signal', 'fetchOptions']);

/** Sends the attempts of one call, the same request each time, and knows what became of the last one. */
export class Sender {
  readonly #wrapping: Wrapping;
  readonly #config: SentConfig;
  readonly #plan: BodyPlan;
  readonly #signal: AbortSignal | undefined;
  /** As they were at the call: adapters write into those that they are given. */
  readonly #headers: SentConfig['headers'];
  #wire: WireRecord | undefined;
  #tried = false;
  /** The answer in the error of the last attempt. */
  #refusal: AxiosResponse | undefined;

  constructor(
    wrapping: Wrapping,
    config: SentConfig,
    plan: BodyPlan,
    signal: AbortSignal | undefined,
  ) {
    this.#wrapping = wrapping;
    this.#config = config;
    this.#plan = plan;
    this.#signal = signal;
    this.#headers = copyHeaders(config.headers);
  }

  /** Whether the last attempt got as far as the adapter. */
  get began(): boolean {
    return this.#wire !== undefined;
  }

  /** Makes an attempt. */
  async send(attempt: Attempt): Promise<AxiosResponse> {
    this.#wire = undefined;
    this.#tried = true;
    this.#free(undefined);
    const making = this.#plan.make?.(attempt.signal);
    const parts = making instanceof Promise ? await making : making;
    const { signal } = attempt;
    // Some versions send all the same what is aborted before their adapter is called.
    if (signal?.aborted) throw signal.reason;
    const sent = this.#prepare(attempt, parts);
    const { bare } = this.#wrapping.client;
    const { record, sending } = watchWire(() => bare.send(sent));
    this.#wire = record;
    try {
      const answer = await sending;
      this.#adopt(answer, sent);
      return answer;
    } catch (error) {
      this.#adopt(error, sent);
      this.#refusal = answerOf(error);
      this.#adopt(this.#refusal, sent);
      throw error;
    } finally {
      record.over = true;
    }
  }

  /** What the wire tells of the last attempt, which failed with `error`. */
  readSent(error: unknown): Sent {
    return this.#wire === undefined ? 'unknown' : readWire(this.#wire, error);
  }

  /** The call ended so: what it does not hand out is let go. */
  end(outcome: Outcome<AxiosResponse>): void {
    const given = outcome.ok ? outcome.value : outcome.error;
    this.#free(outcome.ok ? undefined : answerOf(given));
    // What another call ended with. A replay that counts in its config has to find its own there.
    if (!this.#tried && given !== this.#signal?.reason) {
      for (const holder of [given, answerOf(given)]) this.#give(holder);
    }
  }

  #give(holder: unknown): void {
    const { config } = (holder ?? {}) as { config?: unknown };
    if (typeof config === 'object' && config !== null) {
      Reflect.set(holder as object, 'config', this.#config);
    }
  }

  #free(kept: AxiosResponse | undefined): void {
    const last = this.#refusal;
    this.#refusal = undefined;
    if (last !== undefined && last !== kept) {
      discardAnswer(last, this.#wrapping.client.policy.clock);
    }
  }

  #prepare({ number, signal }: Attempt, parts: BodyParts | undefined): SentConfig {
    const config = this.#config;
    if (number > 1) config.headers = copyHeaders(this.#headers);
    if (parts?.type !== undefined) config.headers.set('Content-Type', parts.type);
    const { adapter } = this.#wrapping;
    // A fetch of ours under the fetch adapter leaves the retries to us.
    const fetchOptions = { ...config.fetchOptions, forbear: false };
    const sent = { ...config, adapter, fetchOptions };
    if (parts !== undefined) sent.data = parts.data;
    if (signal !== undefined && signal !== this.#signal) sent.signal = signal;
    return sent as SentConfig;
  }

  /** The config of what is handed out is the call's, with what an adapter has noted on its own. */
  #adopt(given: unknown, sent: SentConfig): void {
    const holder = given as { config?: SentConfig } | null | undefined;
    if (typeof holder !== 'object' || holder === null) return;
    const { config } = holder;
    if (config !== sent && config?.headers !== sent.headers) return;
    const notes = Object.entries(sent).filter(([name]) => !OWN.has(name));
    Object.assign(this.#config, Object.fromEntries(notes));
    holder.config = this.#config;
  }
}
