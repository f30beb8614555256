import { genericProfile, type ProviderProfile } from '@forbear/core';
import { createLimiter, type LimiterOptions } from '@forbear/limiter';
import { flexai, openai } from '@forbear/providers';
import type { FakeClock } from '@forbear/testing';
import type { FakeProvider, FakeProviderOptions } from '@forbear/testing/node';
import { bodyOf, type Race } from './race.js';

/** A race with what it has to come to. */
export interface Row extends Race {
  readonly name: string;
  /** Seconds that the limit itself needs. */
  readonly idealS: number;
  /** How much longer it may take, as a share of that. */
  readonly spare: number;
  /** The most answers with the status 429, for a first wave of so many. */
  readonly most429: (firstWave: number) => number;
}

const WINDOW = { shape: 'window', limit: 60, perMs: 6000 } as const;
const BUCKET = { shape: 'bucket', limit: 10, perMs: 1000 } as const;
const MINUTE = { limit: 20_000, perMs: 60_000 } as const;

const alike = (count: number) => Array.from({ length: count }, () => bodyOf('Hello'));

interface Given {
  readonly profile: ProviderProfile;
  readonly options?: LimiterOptions;
  readonly server: FakeProviderOptions;
  readonly bodies: readonly string[];
  readonly meanwhile?: (provider: FakeProvider, clock: FakeClock) => void;
  readonly idealS: number;
  readonly spare: number;
  readonly most429: (firstWave: number) => number;
}

const row = (name: string, { options, ...given }: Given): Row => ({
  name,
  ...given,
  limiter: createLimiter(options),
});

const NONE = () => 0;

/** A hundred calls at a window of sixty in six seconds. */
export const windowRows = (): readonly Row[] => {
  const shared = { server: { rateLimit: WINDOW }, bodies: alike(100), idealS: 6, most429: NONE };
  const limits = [{ unit: 'requests', amount: 60, perMs: 6000 }] as const;
  return [
    row('window, given', { ...shared, profile: flexai, options: { limits }, spare: 0.05 }),
    row('window, nothing given', { ...shared, profile: flexai, spare: 0.1 }),
  ];
};

/** A hundred calls at a bucket of ten a second, of which nothing is known. */
export const bucketRows = (): readonly Row[] =>
  ([genericProfile, flexai, openai] as const).map((profile) =>
    row(`bucket, nothing given, ${profile.name}`, {
      profile,
      server: { rateLimit: BUCKET },
      bodies: alike(100),
      idealS: 9,
      spare: 0.15,
      most429: (firstWave) => 1.2 * firstWave,
    }),
  );

/** As many calls at the same bucket, which was given. */
export const givenBucketRow = (count: number): Row =>
  row(`bucket, given, ${count} calls`, {
    profile: openai,
    options: { limits: [{ unit: 'requests', amount: 10, perMs: 1000, shape: 'bucket' }] },
    server: { rateLimit: BUCKET },
    bodies: alike(count),
    idealS: (count - 10) / 10,
    spare: 0.03,
    most429: NONE,
  });

/** Text; without spaces it would be taken for a file. */
const WORDS = 'some words '.repeat(260);

/** The same numbers each time, from 0 to 1. */
function* numbers(): Generator<number> {
  for (let state = 42; ; state = (state * 1_103_515_245 + 12_345) % 2 ** 31) yield state / 2 ** 31;
}

/** Calls of random size at a server that counts tokens per minute. */
export function tokenRows(count: number): readonly Row[] {
  const random = numbers();
  const contents = Array.from({ length: count }, () =>
    WORDS.slice(0, 200 + Math.floor((random.next().value ?? 0) * 2600)),
  );
  const bodies = contents.map((content) => bodyOf(content, { max_tokens: 20 }));
  const tokens = contents
    .map((content) => Math.ceil(JSON.stringify([{ role: 'user', content }]).length / 4) + 9)
    .reduce((sum, each) => sum + each, 0);
  return (['window', 'bucket'] as const).flatMap((shape) => {
    const isWindow = shape === 'window';
    const shared = {
      profile: isWindow ? flexai : openai,
      server: { tokenLimit: { ...MINUTE, shape } },
      bodies,
      idealS: isWindow
        ? Math.floor(tokens / MINUTE.limit) * 60
        : ((tokens - MINUTE.limit) / MINUTE.limit) * 60,
      spare: 0.1,
      most429: () => 1,
    };
    const options = { tokensPerMinute: MINUTE.limit };
    return [
      row(`tokens in a ${shape}, given`, { ...shared, options }),
      row(`tokens in a ${shape}, nothing given`, shared),
    ];
  });
}

/** The server halves its limit in the second window, and doubles it three windows later. */
export const changingRow = (perMs: number): Row =>
  row('a limit that is halved, then doubled', {
    profile: flexai,
    server: { rateLimit: { shape: 'window', limit: 20, perMs } },
    bodies: alike(170),
    meanwhile(provider, clock) {
      const change = (limit: number) =>
        provider.limit({ rateLimit: { shape: 'window', limit, perMs } });
      clock.setTimer(() => change(10), 1.5 * perMs);
      clock.setTimer(() => change(40), 4.5 * perMs);
    },
    // 20, 20, 10, 10, 10, 40, 40, and 20 in the eighth window.
    idealS: (7 * perMs) / 1000,
    spare: 0.05,
    most429: () => 1,
  });
