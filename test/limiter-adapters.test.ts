import { createLimiter } from '@forbear/limiter';
import { flexai } from '@forbear/providers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { axiosAdapter } from './contract-axios.js';
import { fetchAdapter } from './contract-fetch.js';
import { openaiAdapterOf } from './contract-openai.js';
import { CHAT, setUp } from './rig.js';

const HEADERS = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
const ADAPTERS = [
  fetchAdapter,
  axiosAdapter('axios'),
  axiosAdapter('axios-1.0'),
  axiosAdapter('axios', { adapter: 'fetch' }),
  openaiAdapterOf('the OpenAI SDK', 0),
];

describe.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))('%s', (_, adapter) => {
  test('learns the limit of its key from answers, and hardly hits it', async () => {
    const rateLimit = { shape: 'window', limit: 20, perMs: 6000 } as const;
    const limiter = createLimiter({ maxConcurrent: 10 });
    const { provider, policy } = await setUp({ provider: flexai, server: { rateLimit }, limiter });
    const client = await adapter.connect({ policy, baseURL: provider.baseURL });
    onTestFinished(async () => void (await client.close?.()));
    const calls = Array.from({ length: 50 }, () =>
      client.call({
        method: 'POST',
        path: '/chat/completions',
        headers: HEADERS,
        body: CHAT,
        forbear: {},
      }),
    );
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 200));
    // One can be on its way while the driven clock passes the end of a window.
    const refused = provider.requests.filter(({ status }) => status === 429);
    expect(refused.length).toBeLessThanOrEqual(2);
    expect(limiter.snapshot()[0]?.limits).toMatchObject([{ unit: 'requests', limit: 20 }]);
  });

  test('settles the tokens of a call by the usage in its answer', async () => {
    const limiter = createLimiter({
      limits: [{ unit: 'tokens', amount: 10_000, perMs: 3_600_000 }],
    });
    const { provider, policy } = await setUp({ provider: flexai, limiter });
    const client = await adapter.connect({ policy, baseURL: provider.baseURL });
    onTestFinished(async () => void (await client.close?.()));
    const body = JSON.stringify({ ...JSON.parse(CHAT), max_tokens: 5000 });
    const { text } = await client.call({
      method: 'POST',
      path: '/chat/completions',
      headers: HEADERS,
      body,
      forbear: {},
    });
    const used = JSON.parse(text).usage.total_tokens;
    await expect.poll(() => limiter.snapshot()[0]?.limits[0]?.remaining).toBe(10_000 - used);
  });
});
