import type { Fault, FaultRequest } from './fault.js';
import type { ProviderClock } from './provider-clock.js';
import { realClock } from './provider-clock.js';
import type { RateLimit } from './rate-limiter.js';

/** What a fake provider can be told. */
export interface FakeProviderOptions {
  /** What everything that waits or stamps goes by. @default the real clock */
  readonly clock?: ProviderClock;
  /**
   * Milliseconds by which the server's own clock is ahead of `clock` (behind, if negative): it shows
   * in its `Date` header, its resets and its `created` stamps, not in `atMs`.
   * @default 0
   */
  readonly clockSkewMs?: number;
  /** The API keys that are known. @default every key that begins with `sk-` */
  readonly keys?: readonly string[];
  /** The models there are. @default every model but `foo` */
  readonly models?: readonly string[];
  /** What a POST costs, in cents, 0 or more. @default 1 */
  readonly priceCents?: number;
  /** The limit of the requests of each API key. @default none */
  readonly rateLimit?: RateLimit | undefined;
  /** The limit of the tokens of each API key, prompts and answers of completions together. @default none */
  readonly tokenLimit?: RateLimit | undefined;
  /**
   * The credit that all keys share, in cents. It is looked at when a request arrives and charged when
   * its work is committed, so requests in flight may overdraw it.
   * @default no limit
   */
  readonly wallet?: { readonly cents: number };
  /** How long the work of a request takes, in milliseconds of `clock`, 0 or more. @default 0 */
  readonly workMs?: number;
  /** Chooses a fault for each request that no scripted fault strikes. @default none */
  readonly faults?: (request: FaultRequest) => Fault | undefined;
  /**
   * Serves HTTPS with this PEM key and certificate; with `http2`, HTTP/2 to clients that offer it.
   * @default plain HTTP/1.1
   */
  readonly tls?: { readonly key: string; readonly cert: string; readonly http2?: boolean };
}

/** The options with their defaults. */
export type Settings = FakeProviderOptions &
  Required<Pick<FakeProviderOptions, 'clock' | 'clockSkewMs' | 'priceCents' | 'workMs'>>;

const DEFAULTS = { clock: realClock, clockSkewMs: 0, priceCents: 1, workMs: 0 };

const NAMES: Readonly<Record<keyof FakeProviderOptions, true>> = {
  clock: true,
  clockSkewMs: true,
  keys: true,
  models: true,
  priceCents: true,
  rateLimit: true,
  tokenLimit: true,
  wallet: true,
  workMs: true,
  faults: true,
  tls: true,
};

/** What is wrong with a limit. */
export function problemsOf(name: string, limit: RateLimit | undefined): readonly string[] {
  if (limit === undefined) return [];
  const { shape, limit: units, perMs } = limit;
  return [
    ['window', 'bucket'].includes(shape) ? '' : `${name}.shape: 'window' or 'bucket'`,
    Number.isInteger(units) && units >= 1 ? '' : `${name}.limit: 1 or more`,
    perMs > 0 ? '' : `${name}.perMs must be more than 0`,
  ].filter((problem) => problem !== '');
}

/** @throws TypeError that lists everything that is wrong. */
export function resolveOptions(options: FakeProviderOptions): Settings {
  const settings = { ...DEFAULTS, ...options };
  const { rateLimit, tokenLimit, priceCents, workMs } = settings;
  const problems = Object.keys(options)
    .filter((name) => !Object.hasOwn(NAMES, name))
    .map((name) => `unknown option '${name}'`);
  const expect = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  expect(priceCents >= 0, 'priceCents must be 0 or more');
  expect(workMs >= 0 && Number.isFinite(workMs), 'workMs must be 0 or more');
  problems.push(...problemsOf('rateLimit', rateLimit), ...problemsOf('tokenLimit', tokenLimit));
  if (problems.length > 0) throw new TypeError(`fakeProvider: ${problems.join('; ')}`);
  return settings;
}
