import { setTimeout as sleep } from 'node:timers/promises';
import { attachForbear } from '@forbear/axios';
import { definePolicy, execute } from '@forbear/core';
import { createFetch } from '@forbear/fetch';
import { scriptedFetch } from '@forbear/testing';
import axios, { type InternalAxiosRequestConfig } from 'axios';
import { describe, expect, test } from 'vitest';

const policy = definePolicy({ backoff: () => 0, retryBudget: false });
const call = { method: 'GET' } as const;

function setUp() {
  const script = scriptedFetch(503);
  return { script, inner: createFetch({ policy, fetch: script.fetch }) };
}

describe('a fetch of ours under execute leaves the retries to it', () => {
  test('where it is called at once', async () => {
    const { script, inner } = setUp();
    const response = await execute(() => inner('https://api.test/'), policy, call);
    expect([response.status, script.requests.length]).toEqual([503, 4]);
  });

  test('and where it is called after a while', async () => {
    const { script, inner } = setUp();
    const later = async () => {
      await sleep(1);
      return inner('https://api.test/');
    };
    await execute(later, policy, call);
    expect(script.requests).toHaveLength(4);
  });

  test('but not once the attempt is over', async () => {
    const { script, inner } = setUp();
    let late: Promise<Response> | undefined;
    const leave = async () => {
      late = sleep(5).then(() => inner('https://api.test/'));
      return { status: 200 };
    };
    await execute(leave, policy, call);
    await late;
    expect(script.requests).toHaveLength(4);
  });

  test('and calls beside it go on repeating', async () => {
    const { script, inner } = setUp();
    await Promise.all([
      execute(() => inner('https://api.test/'), policy, call),
      inner('https://api.test/'),
    ]);
    expect(script.requests).toHaveLength(8);
  });
});

describe('an axios of ours', () => {
  function setUpAxios(fetch: (url: string) => Promise<Response>) {
    const adapter = async (config: InternalAxiosRequestConfig) => {
      const { status } = await fetch('https://api.test/');
      return { status, statusText: '', data: '', headers: {}, config };
    };
    const instance = axios.create({ adapter });
    attachForbear(instance, { policy });
    return instance;
  }

  test('leaves the retries to execute above it', async () => {
    const { script } = setUp();
    const instance = setUpAxios(script.fetch);
    await execute(() => instance.get('https://api.test/'), policy, call);
    expect(script.requests).toHaveLength(4);
  });

  test('does the retries of a fetch of ours below it', async () => {
    const { script, inner } = setUp();
    await setUpAxios(inner).get('https://api.test/');
    expect(script.requests).toHaveLength(4);
  });
});
