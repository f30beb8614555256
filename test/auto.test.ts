import { definePolicy, execute, explain, genericProfile } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { auto, flexai, openai } from '@forbear/providers';
import { FakeClock } from '@forbear/testing';
import { expect, test } from 'vitest';

const UNAVAILABLE = JSON.stringify({ error: { message: 'm', type: 't', code: null } });

/** Says 503 with an envelope to every request, and counts them by host. */
function outage() {
  const requests: string[] = [];
  const bare: typeof fetch = async (input) => {
    requests.push(new URL(String(input)).host);
    return new Response(UNAVAILABLE, { status: 503 });
  };
  return { requests, bare };
}

test('one policy serves several APIs, each by its own rules', async () => {
  const { requests, bare } = outage();
  const policy = definePolicy({ provider: auto, maxRetries: 2, backoff: () => 0 });
  const own = createFetch({ policy, fetch: bare });
  const explained: string[] = [];
  for (const host of ['tokens.flex.ai', 'api.openai.com', 'api.unknown.example']) {
    await own(`https://${host}/v1/chat/completions`, {
      method: 'POST',
      body: '{"model":"m"}',
      forbear: { onSettled: (trace) => explained.push(explain(trace)) },
    });
  }
  expect(requests).toEqual([
    ...Array(3).fill('tokens.flex.ai'),
    'api.openai.com',
    'api.unknown.example',
  ]);
  expect(explained[0]).toContain('no retries are left');
  expect(explained[1]).toContain('OpenAI honours no idempotency key');
  expect(explained[2]).toContain('the server honours no idempotency key');
  expect(policy.gates.snapshot().map(({ key }) => key)).toEqual([
    'flex.ai #1',
    'OpenAI m #2',
    'POST https://api.unknown.example/v1/chat/completions #3',
  ]);
});

test('a call of execute names its own API, or is judged as one to an unknown API', async () => {
  const policy = definePolicy({ provider: auto, clock: new FakeClock() });
  const count = async (provider: typeof flexai | undefined) => {
    let attempts = 0;
    const answer = { status: 402 };
    await execute(() => Promise.resolve({ ...answer, attempts: ++attempts }), policy, {
      provider,
      method: 'POST',
      onSettled: (trace) => names.push(trace.provider, trace.attempts[0]?.failure?.because ?? ''),
    });
    return attempts;
  };
  const names: string[] = [];
  await count(auto('https://tokens.flex.ai/v1'));
  await count(undefined);
  expect(names).toEqual([
    flexai.name,
    'a payment is required',
    genericProfile.name,
    'payment is required (RFC 9110, 15.5.3)',
  ]);
  expect(policy.gates.snapshot().map(({ key, state }) => [key, state])).toEqual([
    [flexai.name, 'refusing'],
    [genericProfile.name, 'open'],
  ]);
  expect(openai.name).not.toBe(flexai.name);
});
