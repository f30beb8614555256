import { describeAdapter, describeSharedPolicy } from '@forbear/testing/contract';
import { describe, test } from 'vitest';
import { axiosAdapter } from './contract-axios.js';
import { fetchAdapter } from './contract-fetch.js';
import { openaiAdapterOf } from './contract-openai.js';

// After a failure without an answer the SDK sleeps, which it is told not to do here.
const openaiAdapter = openaiAdapterOf('the OpenAI SDK', 0);
const ADAPTERS = [fetchAdapter, axiosAdapter, openaiAdapter];

for (const adapter of ADAPTERS) describeAdapter(adapter, { describe, test });
describeSharedPolicy(ADAPTERS, { describe, test });
