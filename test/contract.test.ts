import { describeAdapter, describeSharedPolicy } from '@forbear/testing/contract';
import { describe, test } from 'vitest';
import { fetchAdapter } from './contract-fetch.js';

const ADAPTERS = [fetchAdapter, { ...fetchAdapter, name: 'another fetch' }];

describeAdapter(fetchAdapter, { describe, test });
describeSharedPolicy(ADAPTERS, { describe, test });
