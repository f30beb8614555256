import { describeAdapter, describeSharedPolicy } from '@forbear/testing/contract';
import { describe, test } from 'vitest';
import { axiosAdapter } from './contract-axios.js';
import { fetchAdapter } from './contract-fetch.js';

const ADAPTERS = [fetchAdapter, axiosAdapter('axios')];

for (const adapter of ADAPTERS) describeAdapter(adapter, { describe, test });
describeSharedPolicy(ADAPTERS, { describe, test });
