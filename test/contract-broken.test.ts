import { definePolicy, EVENT_NAMES, type Policy, type PolicyOptions } from '@forbear/core';
import { createFetch, type FetchCallOptions, type ForbearFetch } from '@forbear/fetch';
import {
  type AdapterUnderTest,
  describeAdapter,
  describeSharedPolicy,
  type TestRunner,
} from '@forbear/testing/contract';
import { expect, test } from 'vitest';
import { fetchAdapter, fetchAdapterOf } from './contract-fetch.js';

type Fetch = typeof globalThis.fetch;
type Make = Parameters<typeof fetchAdapterOf>[1];

const right: Make = (policy, fetch) => createFetch({ policy, fetch });

/** A fetch whose calls say something else than their caller. */
function saying(change: (given: FetchCallOptions) => FetchCallOptions): Make {
  return (policy, bare) => {
    const fetch = right(policy, bare);
    return (input, init = {}) =>
      init.forbear === false
        ? fetch(input, init)
        : fetch(input, { ...init, forbear: change({ ...init.forbear }) });
  };
}

/** A fetch whose bare fetch is another. */
function over(change: (bare: Fetch) => Fetch): Make {
  return (policy, bare) => right(policy, change(bare));
}

/** A fetch that changes what it hands out. */
function handing(change: (response: Response) => Promise<Response>): Make {
  return (policy, bare) => {
    const fetch = right(policy, bare);
    return async (input, init) => change(await fetch(input, init));
  };
}

/** A fetch with a policy of its own, of which the listeners of the given one are told all the same. */
function withOwn(options: PolicyOptions): Make {
  return (given, bare) => {
    const own = definePolicy({ ...optionsOf(given), ...options });
    for (const name of EVENT_NAMES) own.events.on(name, (event) => given.events.emit(event));
    return right(own, bare);
  };
}

function optionsOf({ events: _, gates: __, retryBudget, ...rest }: Policy): PolicyOptions {
  return { ...rest, retryBudget: retryBudget ?? false };
}

let calls = 0;

const shorten: (bare: Fetch) => Fetch = (bare) => async (input, init) => {
  const response = await bare(input, init);
  const headers = new Headers(response.headers);
  const told = Number(headers.get('retry-after'));
  if (told > 0) headers.set('retry-after', String(told * 0.9));
  return new Response(response.body, { status: response.status, headers });
};

/** A body that goes on coming after its reader has cancelled it. */
const hold: (bare: Fetch) => Fetch = (bare) => async (input, init) => {
  const { body, status, headers } = await bare(input, init);
  const reader = body?.getReader();
  const held = new ReadableStream({
    async pull(controller) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  return new Response(held, { status, headers });
};

const deafen: (fetch: ForbearFetch) => ForbearFetch = (fetch) => (input, init) => {
  const { signal: _, ...rest } = init ?? {};
  return fetch(input, rest);
};

const twice = ({ onSettled, ...rest }: FetchCallOptions): FetchCallOptions => ({
  ...rest,
  onSettled(trace) {
    onSettled?.(trace);
    onSettled?.(trace);
  },
});

function sendOnce(given: FetchCallOptions): FetchCallOptions {
  const bodies = ['{"model":"test-model","messages":[]}'];
  return { ...given, body: () => bodies.pop() ?? '' };
}

const wrapError: Make = (policy, bare) => {
  const fetch = right(policy, bare);
  return (input, init) =>
    fetch(input, init).catch((cause) => {
      throw new Error('the call failed', { cause });
    });
};

/** Adapters that are wrong in one way each, and the tests of the contract that must fail with them. */
const BROKEN: readonly (readonly [string, Make, readonly string[]])[] = [
  [
    'repeats a POST after a 500',
    saying((given) => ({ ...given, repeatable: true })),
    [
      'whose work was done before a 500 is sent once, and billed once',
      'whose work was done before a 504 is sent once, and billed once',
      'when its socket is destroyed after the work',
      'of an attempt ends a POST whose headers do not come, which is not repeated',
      'a thousand calls at once settle once each, and none is billed twice',
    ],
  ],
  [
    'waits a tenth less than it is told',
    over(shorten),
    [
      'in seconds',
      "by the provider's own limiter",
      'where 20 are allowed in 6 s are all answered, and none is sent too early',
    ],
  ],
  [
    'eats the body of an answer',
    handing(async (response) => {
      await response.text();
      return response;
    }),
    [
      'a final 400 comes out as from the bare client',
      'that gets 408 is answered by the second attempt',
    ],
  ],
  [
    'sends the body once',
    saying(sendOnce),
    [
      'a string is sent byte for byte the same on every attempt',
      'a body of the kind form is sent the same on every attempt',
    ],
  ],
  [
    'loses the abort',
    (policy, bare) => deafen(right(policy, bare)),
    [
      'an abort before the call sends nothing',
      'an abort in an attempt ends it, and nothing more is sent',
      'an abort in a wait ends it at once, and nothing more is sent',
      'an abort in a backoff ends it at once, and nothing more is sent',
      'an abort in a gate ends only the call that it is of',
    ],
  ],
  [
    'ignores the gate',
    withOwn({ key: () => `call ${++calls}` }),
    [
      'a 429 for one call holds a call of the same key',
      'where 20 are allowed in 6 s are all answered, and none is sent too early',
      'one call finds the wallet empty, and the others get its refusal without a request',
    ],
  ],
  [
    'has no retry budget',
    withOwn({ retryBudget: false }),
    ['when the retry budget of a key is spent, its calls are made once each'],
  ],
  ['settles twice', saying(twice), ['that gets 404 is sent once, and its answer handed out']],
  [
    'never retries',
    saying((given) => ({ ...given, maxRetries: 0 })),
    [
      'that gets 503 is answered by the second attempt',
      'a POST that was never sent is repeated until the server is back, and billed once',
      'in seconds',
    ],
  ],
  [
    'knows no time limit',
    saying(({ attemptTimeoutMs: _, deadlineMs: __, ...given }) => given),
    ['attemptTimeoutMs of a call goes before that of the policy, and holds for no other call'],
  ],
  [
    'keeps the sockets of answers that nobody reads',
    over(hold),
    ['failures with large bodies do not use up a client that may open one connection'],
  ],
  [
    'throws errors of its own',
    wrapError,
    [
      'when its socket is reset after the work',
      'an abort in an attempt ends it, and nothing more is sent',
      'a POST that can never be sent ends after its retries, with the error of the bare client',
    ],
  ],
  [
    'hands out an answer of its own for a refusal',
    handing(async (response) =>
      response.status === 429 ? new Response('wait', { status: 429 }) : response,
    ),
    [
      'a call that cannot be held for its deadline gets the 429 at once, in the shape of the client',
    ],
  ],
];

/** Runs those tests of the contract that end so, and gives the titles of those that fail. */
async function findFailing(
  describeTo: (runner: TestRunner) => void,
  titles: readonly string[],
): Promise<readonly string[]> {
  const found: (readonly [string, () => Promise<void>])[] = [];
  describeTo({
    describe: (_, body) => body(),
    test: (title, body) => {
      if (titles.includes(title)) found.push([title, body]);
    },
  });
  expect(found.map(([title]) => title)).toEqual(expect.arrayContaining([...titles]));
  const failing: string[] = [];
  for (const [title, body] of found) await body().catch(() => failing.push(title));
  return failing;
}

const ofContract = (adapter: AdapterUnderTest) => (runner: TestRunner) =>
  describeAdapter(adapter, runner);

test.each(BROKEN)('an adapter that %s is found out by the contract', async (name, make, titles) => {
  const failing = await findFailing(ofContract(fetchAdapterOf(name, make)), titles);
  expect([...new Set(failing)].sort()).toEqual([...titles].sort());
});

test('an adapter that takes only the options of the policy shares nothing, and is found out', async () => {
  const alone = fetchAdapterOf('alone', withOwn({}));
  const titles = [
    'a 429 on fetch holds a call of alone',
    'a 429 on alone holds a call of fetch',
    'an empty wallet that fetch found refuses a call of alone in its own shape',
    'have one retry budget',
    'send nothing too early when all of them are busy, and are all answered',
  ];
  const describeTo = (runner: TestRunner) => describeSharedPolicy([fetchAdapter, alone], runner);
  expect([...(await findFailing(describeTo, titles))].sort()).toEqual(titles.sort());
});
