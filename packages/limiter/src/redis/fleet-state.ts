import type { Closure, Refusal } from '@forbear/core';
import type { LearntLimit } from '../permit-source.js';
import { memberOf, type SharedLimiter } from './bottleneck.js';
import { type FleetMessage, readMessage, readStoredLimits } from './fleet-message.js';
import { defineScripts, runScript, type ScriptName } from './fleet-scripts.js';
import type { Link } from './link.js';
import { shareRefusal, takeRefusal } from './refusal-message.js';

/** Who took no permit for so long is not counted any more, in milliseconds. */
const PEER_MS = 10_000;
/** For how long what a server said of its limits is kept after its reset, in milliseconds. */
const LEARNT_MS = 600_000;
/** For how long those who come late are told of an empty wallet, in milliseconds. */
const ENDLESS_MS = 60_000;
/** Processes that were told to wait come back one after the other, within so many milliseconds. */
const MOST_JITTER_MS = 1000;

export interface FleetStateOptions {
  readonly link: Link;
  /** The limiter by which messages go. */
  readonly limiter: SharedLimiter;
  readonly id: string;
  /** How many processes there are until Redis has told it. */
  readonly assumedPeers: number;
  readonly onHold: (closure: Closure, refusal: Refusal) => void;
  readonly onLearnt: (limits: readonly LearntLimit[], ageMs: number) => void;
}

/** What the processes of one key tell each other beside permits, at once and for those who come late. */
export class FleetState {
  readonly #options: FleetStateOptions;
  #peers: number;
  #holds = 0;
  /** The hold that was heard of last. */
  #heard = '';

  constructor(options: FleetStateOptions) {
    this.#options = options;
    this.#peers = options.assumedPeers;
    defineScripts(options.link.client);
    options.limiter.on('message', (text: string) => this.#hear(text));
  }

  /** How many processes took permits lately, this one among them, as far as is known. */
  get peers(): number {
    return this.#peers;
  }

  /** Rejects where Redis cannot serve. */
  async sync(): Promise<void> {
    const { id, limiter } = this.#options;
    // What is told from now on is heard.
    await limiter.ready();
    const keys = [`${id}:peers`, `${id}:hold`, `${id}:learnt`];
    const told = (await this.#run('sync', [...keys, memberOf(limiter), PEER_MS])) as Synced;
    const [peers, holdMs, hold, ageMs, limits] = told;
    if (this.#count(peers)) this.#tell({ from: this.#name, peers });
    if (hold !== null) this.#hear(hold, holdMs);
    const learnt = limits === null ? undefined : readStoredLimits(limits);
    if (learnt !== undefined) this.#options.onLearnt(learnt, ageMs);
  }

  /** Tells all others that nothing is to be sent for so long. */
  hold(ms: number, refusal: Refusal): void {
    this.#holds++;
    const told = {
      from: this.#name,
      hold: `${this.#name} ${this.#holds}`,
      ms: Number.isFinite(ms) ? Math.ceil(ms) : null,
      refusal: shareRefusal(refusal),
    };
    this.#tell(told);
    const keepMs = told.ms ?? ENDLESS_MS;
    this.#run('hold', [`${this.#options.id}:hold`, keepMs, JSON.stringify(told)]).catch(() => {});
  }

  /** Tells all others what a server said of its limits. */
  learn(limits: readonly LearntLimit[]): void {
    this.#tell({ from: this.#name, limits });
    const resetMs = Math.max(...limits.map(({ resetMs = 0 }) => resetMs));
    const keepMs = Math.ceil(resetMs + LEARNT_MS);
    const text = JSON.stringify(limits);
    this.#run('learn', [`${this.#options.id}:learnt`, text, keepMs]).catch(() => {});
  }

  /** Says whether the number has changed. */
  #count(peers: number): boolean {
    const before = this.#peers;
    // Where Redis came back empty, not all have been counted yet.
    const isSure = this.#options.link.state === 'shared';
    this.#peers = Math.max(1, peers, isSure ? 0 : before);
    return this.#peers !== before;
  }

  get #name(): string {
    return memberOf(this.#options.limiter);
  }

  #tell(message: FleetMessage): void {
    // Where Redis is lost it would be sent when it is back, and be wrong then.
    if (this.#options.link.client.status !== 'ready') return;
    this.#options.limiter.publish(JSON.stringify(message)).catch(() => {});
  }

  /** @param leftMs what is left of a hold that was stored; absent: it was told just now */
  #hear(text: string, leftMs?: number): void {
    const message = readMessage(text);
    if (message === undefined || message.from === this.#name) return;
    if ('peers' in message) this.#count(message.peers);
    else if ('limits' in message) this.#options.onLearnt(message.limits, 0);
    else if (message.hold !== this.#heard) {
      this.#heard = message.hold;
      const ms = message.ms === null ? Number.POSITIVE_INFINITY : (leftMs ?? message.ms);
      const jitterMs = spread(this.#name) * Math.min(ms / 10, MOST_JITTER_MS);
      this.#options.onHold({ ms, jitterMs }, takeRefusal(message.refusal));
    }
  }

  async #run(name: ScriptName, given: readonly (string | number)[]): Promise<unknown> {
    const { client } = this.#options.link;
    const ended = this.#options.link.watch();
    try {
      const told = await runScript(client, name, given);
      ended(undefined);
      return told;
    } catch (error) {
      ended(error);
      throw error;
    }
  }
}

type Synced = readonly [
  peers: number,
  holdMs: number,
  hold: string | null,
  ageMs: number,
  limits: string | null,
];

/** Part of a whole, from 0 to 1, that differs from member to member: their names end in random letters. */
function spread(member: string): number {
  return (Number.parseInt(member.slice(-4), 36) || 0) / 36 ** 4;
}
