import { describeAdapter, describeSharedPolicy, type TestRunner } from '@forbear/testing/contract';
import { describe, test } from 'vitest';
import { axiosAdapter } from './contract-axios.js';
import { fetchAdapter } from './contract-fetch.js';
import { openaiAdapterOf } from './contract-openai.js';

// After a failure without an answer the SDK sleeps, which it is told not to do here.
const openaiAdapter = openaiAdapterOf('the OpenAI SDK', 0);
const ADAPTERS = [fetchAdapter, axiosAdapter('axios'), openaiAdapter];

for (const adapter of ADAPTERS) describeAdapter(adapter, { describe, test });
describeSharedPolicy(ADAPTERS, { describe, test });

/** A runner that leaves out all but some parts of the contract. */
function onlyParts(...parts: readonly string[]): TestRunner {
  const path: string[] = [];
  return {
    describe(title, body) {
      path.push(title);
      if (path.length !== 2 || parts.includes(title)) body();
      path.pop();
    },
    test: (title, body) => test([...path, title].join(', '), body),
  };
}

describeAdapter(
  openaiAdapterOf('the OpenAI SDK with its own maxRetries', undefined),
  onlyParts('answers with a status', 'refusals'),
);

for (const adapter of [axiosAdapter('axios', { adapter: 'fetch' }), axiosAdapter('axios-1.0')]) {
  describeAdapter(adapter, onlyParts('connections', 'aborts', 'bodies'));
}
