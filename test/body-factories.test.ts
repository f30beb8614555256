import { getEventListeners } from 'node:events';
import { traceOf } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import { describe, expect, test } from 'vitest';
import { CHAT, setUp } from './rig.js';

const failed = new Error('the disk is gone');
const reason = { mine: true };

/** A stream that tells whether it was cancelled. */
function watched() {
  let cancelled = false;
  const stream = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  return { stream, cancelled: () => cancelled };
}

describe('an error of the factory is handed out as it is, and nothing may have been billed', () => {
  test.each([
    ['when it throws', () => Promise.reject(failed)],
    [
      'when it throws at once',
      () => {
        throw failed;
      },
    ],
  ])('%s', async (_, body) => {
    const { call } = await setUp();
    const { error, requests, trace } = await call('POST', { body });
    expect(error).toBe(failed);
    expect(requests).toBe(0);
    expect(trace).toMatchObject({
      mayHaveBeenBilled: false,
      possibleBills: 0,
      reason: 'permanent',
    });
    expect(trace.attempts).toMatchObject([{ failure: { effect: 'none', evidence: 'not-sent' } }]);
  });

  test('when it throws for the second attempt, though the first was sent', async () => {
    const { provider, call } = await setUp();
    provider.fail({ kind: 'status', status: 429 });
    const bodies = [CHAT];
    const body = () => {
      const next = bodies.pop();
      if (next === undefined) throw failed;
      return next;
    };
    const { error, requests, trace } = await call('POST', { body });
    expect(error).toBe(failed);
    expect(requests).toBe(1);
    expect(trace).toMatchObject({ mayHaveBeenBilled: false, possibleBills: 0 });
    expect(trace.attempts).toHaveLength(2);
    expect(trace.attempts[1]?.failure?.evidence).toBe('not-sent');
  });
});

describe('an abort does not wait for the factory', () => {
  test('and rejects with the reason itself', async () => {
    const { call } = await setUp();
    const controller = new AbortController();
    const calling = call('POST', {
      init: { signal: controller.signal },
      body: () => new Promise(() => {}),
    });
    controller.abort(reason);
    const { error, requests, trace } = await calling;
    expect(error).toBe(reason);
    expect(requests).toBe(0);
    expect(trace).toMatchObject({ reason: 'aborted', mayHaveBeenBilled: false });
  });

  test('and a stream that it makes later is cancelled', async () => {
    const script = scriptedFetch(200);
    const fetch = createFetch({ fetch: script.fetch });
    const { stream, cancelled } = watched();
    let make = (_: ReadableStream) => {};
    const body = () =>
      new Promise<ReadableStream>((resolve) => {
        make = resolve;
      });
    const controller = new AbortController();
    const { signal } = controller;
    const calling = fetch('https://api.test/', { method: 'POST', signal, forbear: { body } });
    controller.abort(reason);
    await expect(calling).rejects.toBe(reason);
    make(stream);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cancelled()).toBe(true);
    expect(script.requests).toHaveLength(0);
  });

  test('and after one the factory is not asked', async () => {
    let asked = 0;
    const body = () => `body ${++asked}`;
    const signal = AbortSignal.abort(reason);
    const calling = createFetch()('https://api.test/', {
      method: 'POST',
      signal,
      forbear: { body },
    });
    await expect(calling).rejects.toBe(reason);
    expect(asked).toBe(0);
  });
});

test('a signal that many calls share keeps no listener of a factory', async () => {
  const { signal } = new AbortController();
  const fetch = createFetch({ fetch: scriptedFetch(200).fetch });
  const init = { method: 'POST', signal, forbear: { body: async () => 'x' } };
  await Promise.all(Array.from({ length: 20 }, () => fetch('https://api.test/', init)));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a factory that hangs is ended by the deadline, and nothing may have been billed', async () => {
  const { clock, call } = await setUp({ deadlineMs: 3000 });
  const { error, requests, trace } = await call('POST', { body: () => new Promise(() => {}) });
  expect(error).toHaveProperty('name', 'TimeoutError');
  expect(clock.monotonic()).toBe(3000);
  expect(requests).toBe(0);
  expect(trace.mayHaveBeenBilled).toBe(false);
});

test('a bare fetch that throws at once may have sent something all the same', async () => {
  const bare = () => {
    throw failed;
  };
  const error = await createFetch({ fetch: bare })('https://api.test/', { method: 'POST' }).catch(
    (thrown) => thrown,
  );
  expect(error).toBe(failed);
  expect(traceOf(error)).toMatchObject({ mayHaveBeenBilled: true, possibleBills: 1 });
});
