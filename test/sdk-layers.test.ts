import { createOpenAI } from '@ai-sdk/openai';
import type { LayeredRetryEvent } from '@forbear/core';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import { describe, expect, test } from 'vitest';
import { BILLED, type Ended, failAlways, type SdkRig, settle, setUpSdk } from './sdk-rig.js';

/** Asks by a layer that repeats by itself, with its default retries or with none. */
type Ask = (rig: SdkRig, fetch: SdkRig['bare'], maxRetries?: number) => Promise<Ended>;

/** It retries what its SDK does not, and hides the stalls of a server behind no timer of its own. */
const FAULTS = Object.entries(BILLED).filter(([, { kind }]) => kind !== 'stall');

interface LayerCase {
  readonly ask: Ask;
  /** Requests, and bills, of a failing call with its defaults. */
  readonly bare: number;
  readonly layer: string;
  readonly remedy: string;
}

const LAYERS: Readonly<Record<string, LayerCase>> = {
  'the Vercel AI SDK, a text': {
    ask: (rig, fetch, maxRetries) => {
      const openai = createOpenAI({ baseURL: rig.provider.baseURL, apiKey: 'sk-test', fetch });
      const own = maxRetries === undefined ? {} : { maxRetries };
      return settle(rig, () =>
        generateText({ model: openai.chat('test-model'), prompt: 'Hello', ...own }),
      );
    },
    bare: 3,
    layer: 'the Vercel AI SDK',
    remedy: 'maxRetries: 0',
  },
  'the Vercel AI SDK, a stream': {
    ask: (rig, fetch, maxRetries) => {
      const openai = createOpenAI({ baseURL: rig.provider.baseURL, apiKey: 'sk-test', fetch });
      const own = maxRetries === undefined ? {} : { maxRetries };
      return settle(rig, async () => {
        let failure: unknown;
        const model = openai.chat('test-model');
        const onError = ({ error }: { error: unknown }) => {
          failure = error;
        };
        await streamText({ model, prompt: 'Hello', onError, ...own }).consumeStream();
        if (failure !== undefined) throw failure;
      });
    },
    bare: 3,
    layer: 'the Vercel AI SDK',
    remedy: 'maxRetries: 0',
  },
  'LangChain.js': {
    ask: (rig, fetch, maxRetries) => {
      const own = maxRetries === undefined ? {} : { maxRetries };
      const configuration = { baseURL: rig.provider.baseURL, fetch };
      const model = new ChatOpenAI({ model: 'm', apiKey: 'sk-test', configuration, ...own });
      return settle(rig, () => model.invoke('Hello'));
    },
    bare: 7,
    layer: 'LangChain.js',
    remedy: 'new ChatOpenAI({ maxRetries: 0 })',
  },
};

describe.each(Object.entries(LAYERS))('%s', (_, { ask, bare, layer, remedy }) => {
  describe.each(FAULTS)('%s', (_name, fault) => {
    test(`with its defaults: ${bare} bills, as without us, and an event that names the remedy`, async () => {
      const rig = await setUpSdk();
      const heard: LayeredRetryEvent[] = [];
      rig.policy.events.on('layeredRetry', (event) => heard.push(event));
      failAlways(rig, fault);
      const without = await ask(rig, rig.bare);
      const ours = await ask(rig, rig.fetch);
      expect([without.requests, without.bills]).toEqual([bare, bare]);
      expect([ours.requests, ours.bills]).toEqual([bare, bare]);
      expect(heard).toHaveLength(bare - 1);
      expect(heard[0]).toMatchObject({ layer, refused: false });
      expect(heard[0]?.remedy).toContain(remedy);
    });

    test('with maxRetries: 0, which is its cure: one bill', async () => {
      const rig = await setUpSdk();
      failAlways(rig, fault);
      expect(await ask(rig, rig.fetch, 0)).toMatchObject({ requests: 1, bills: 1 });
    });

    test('with its defaults and refuseRepeatsMs: one bill, and the same error', async () => {
      const rig = await setUpSdk({ refuseRepeatsMs: 120_000 });
      const heard: LayeredRetryEvent[] = [];
      rig.policy.events.on('layeredRetry', (event) => heard.push(event));
      failAlways(rig, fault);
      const ours = await ask(rig, rig.fetch);
      expect([ours.requests, ours.bills]).toEqual([1, 1]);
      expect(heard).toHaveLength(bare - 1);
      expect(heard.every(({ refused }) => refused)).toBe(true);
      const without = await ask(rig, rig.bare);
      expect([ours.error?.constructor, ours.error?.message]).toEqual([
        without.error?.constructor,
        without.error?.message,
      ]);
    });
  });

  test('what was refused before the work is answered, whoever repeats it', async () => {
    const rig = await setUpSdk({ refuseRepeatsMs: 120_000 });
    const headers = { 'retry-after': '3' };
    rig.provider.fail({ kind: 'status', status: 429, headers }, { times: 2 });
    const { error, requests, bills } = await ask(rig, rig.fetch);
    expect([error, requests, bills]).toEqual([undefined, 3, 1]);
  });
});
