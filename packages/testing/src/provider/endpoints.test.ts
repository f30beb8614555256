import { afterEach, describe, expect, test } from 'vitest';
import type { FakeProvider } from './fake-provider.js';
import type { FakeProviderOptions } from './options.js';
import { ask, CHAT, ManualClock } from './rig.test.support.js';
import { fakeProvider } from './start-fake-provider.js';

let provider: FakeProvider;
const start = async (options?: FakeProviderOptions) => {
  provider = await fakeProvider(options);
};
afterEach(() => provider.close());

const page = (message: string, type: string, code: string) =>
  `{\n  "error": {\n    "message": "${message}",\n    "type": "${type}",\n    "code": "${code}"\n  }\n}`;

describe("the bodies of the provider's page", () => {
  test('an unknown model is a 400', async () => {
    await start();
    const response = await ask(provider, { body: { ...CHAT, model: 'foo' } });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
      page(
        "Invalid 'model'. The model 'foo' does not exist or you do not have access.",
        'invalid_request_error',
        'model_not_found',
      ),
    );
  });

  test.each([
    ['no key', ''],
    ['a malformed key', 'Basic sk-test'],
    ['a revoked key', 'Bearer sk-old'],
  ])('%s is a 401', async (_, authorization) => {
    await start({ keys: ['sk-test'] });
    const response = await ask(provider, { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(
      page('Invalid API key provided.', 'authentication_error', 'invalid_api_key'),
    );
    expect(provider.ledger.total()).toBe(0);
  });

  test('an empty wallet is a 402 until it is filled', async () => {
    await start({ wallet: { cents: 3 }, priceCents: 2 });
    expect((await ask(provider)).status).toBe(200);
    const response = await ask(provider);
    expect(response.status).toBe(402);
    expect(await response.text()).toBe(
      page(
        'Insufficient credit. Add funds at https://tokens.flex.ai/dashboard/billing to continue.',
        'insufficient_quota',
        '402',
      ),
    );
    expect((await ask(provider, { method: 'GET', path: '/v1/models' })).status).toBe(200);
    provider.fill(1);
    expect((await ask(provider)).status).toBe(200);
    expect(provider.ledger.total()).toBe(4);
  });

  test('an unknown video job is a 404', async () => {
    await start();
    const response = await ask(provider, { method: 'GET', path: '/v1/videos/nobody' });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(
      page('Video job not found.', 'invalid_request_error', 'job_not_found'),
    );
  });

  test.each([
    [400, "Invalid 'model'. The model 'foo' does not exist or you do not have access."],
    [401, 'Invalid API key provided.'],
    [429, 'Rate limit exceeded. Retry after 34 seconds.'],
    [500, 'Upstream model timed out.'],
  ])('a scripted %i has the body of the page', async (status, message) => {
    await start();
    provider.fail({ kind: 'status', status });
    const response = await ask(provider);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message } });
  });

  test('a scripted 429 has the headers of the page', async () => {
    const clock = new ManualClock();
    await start({ clock });
    provider.fail({ kind: 'status', status: 429 });
    const { headers } = await ask(provider);
    expect(headers.get('retry-after')).toBe('34');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(headers.get('x-ratelimit-reset-requests')).toBe(String(clock.now() / 1000 + 34));
  });

  test('a 503 says what is down, in the same envelope and without a Retry-After', async () => {
    await start();
    provider.fail({ kind: 'status', status: 503 });
    const response = await ask(provider);
    expect(response.headers.has('retry-after')).toBe(false);
    expect(await response.json()).toMatchObject({
      error: { type: 'server_error', code: 'model_under_maintenance' },
    });
  });
});

describe('the endpoints', () => {
  test('a chat completion comes with its usage', async () => {
    await start();
    const completion = await (await ask(provider)).json();
    expect(completion.object).toBe('chat.completion');
    expect(completion.choices[0].message.content).toContain('fake provider');
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  test('a stream says the same words in events and ends with [DONE]', async () => {
    await start();
    const whole = (await (await ask(provider)).json()).choices[0].message.content;
    const response = await ask(provider, { body: { ...CHAT, stream: true } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).split('\n\n').filter((event) => event !== '');
    expect(events.at(-1)).toBe('data: [DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole);
    expect(chunks.at(-1).usage.total_tokens).toBeGreaterThan(0);
  });

  test('a video job is queued, then in progress, then completed, and billed once', async () => {
    await start();
    const path = '/v1/videos';
    const created = await ask(provider, { path, body: { model: 'm', prompt: 'A cat' } });
    const { id } = await created.json();
    const statuses: string[] = [];
    for (let poll = 0; poll < 4; poll += 1) {
      const job = await (await ask(provider, { method: 'GET', path: `${path}/${id}` })).json();
      statuses.push(job.status);
    }
    expect(statuses).toEqual(['queued', 'in_progress', 'completed', 'completed']);
    expect(provider.ledger.entries.length).toBe(1);
  });

  test('models are listed and shown, and an unknown one is a 400', async () => {
    await start({ models: ['a/b'] });
    const get = (path: string) => ask(provider, { method: 'GET', path });
    expect((await (await get('/v1/models')).json()).data[0].id).toBe('a/b');
    expect((await (await get('/v1/models/a%2Fb')).json()).id).toBe('a/b');
    expect((await get('/v1/models/c')).status).toBe(400);
    expect((await get('/v1/models/%')).status).toBe(400);
    expect((await ask(provider)).status).toBe(400);
  });

  test.each([
    ['malformed JSON', '{', 'invalid_json'],
    ['a body that is no object', '1', 'invalid_json'],
    ['a body without a model', '{}', 'missing_required_field'],
    ['a body without messages', '{"model":"m"}', 'missing_required_field'],
  ])('%s is a 400 that costs nothing', async (_, body, code) => {
    await start();
    const response = await ask(provider, { body });
    expect(response.status).toBe(400);
    expect((await response.json()).error.code).toBe(code);
    expect(provider.ledger.total()).toBe(0);
  });

  test('an unknown route is a 404', async () => {
    await start();
    expect((await ask(provider, { path: '/v1/chat/completions/x' })).status).toBe(404);
    expect((await ask(provider, { method: 'DELETE', path: '/v2' })).status).toBe(404);
  });

  test("every answer carries the server's own date", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 2));
    await start({ clock, clockSkewMs: 86_400_000 });
    provider.fail({ kind: 'status', status: 502 });
    const dates = [await ask(provider), await ask(provider)].map(({ headers }) =>
      headers.get('date'),
    );
    expect(dates).toEqual(Array(2).fill('Sat, 03 Jan 2026 00:00:00 GMT'));
    expect(provider.requests[0]?.atMs).toBe(clock.now());
  });
});

test('every unknown or invalid option is named', async () => {
  await start();
  const options = { retries: 3, priceCents: -1, workMs: -1 };
  await expect(fakeProvider(options)).rejects.toThrow(
    "unknown option 'retries'; priceCents must be 0 or more; workMs must be 0 or more",
  );
});

test("a message of Anthropic's API is answered in its shape, to the key of its header, and billed", async () => {
  await start({ keys: ['sk-ant'] });
  const asked = { path: '/v1/messages', body: { ...CHAT, max_tokens: 64 } };
  const headers = { authorization: '', 'x-api-key': 'sk-ant' };
  const response = await ask(provider, { ...asked, headers });
  expect(await response.json()).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'This answer was made by a fake provider.' }],
  });
  expect(provider.ledger.total()).toBe(1);
  const other = { ...headers, 'x-api-key': 'sk-other' };
  expect((await ask(provider, { ...asked, headers: other })).status).toBe(401);
});
