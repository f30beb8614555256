import { decide, type ProviderProfile } from '@forbear/core';
import { expect, test } from 'vitest';
import vectors from '../../core/src/http/header-vectors.json' with { type: 'json' };
import * as all from './index.js';

const { auto: _, ...profiles } = all;
const byName: Readonly<Record<string, ProviderProfile>> = profiles;

test.each(vectors.bodies)(
  '$provider: $status with the code $body.error.code is repeated: $retry',
  ({ provider: name, status, method = 'POST', headers = {}, body, retry, waitMs }) => {
    const provider = byName[name];
    expect(provider).toBeDefined();
    const facts = { status, method, headers, body: JSON.stringify(body), nowMs: vectors.nowMs };
    const decision = decide({ ...facts, random: 0 }, provider ? { provider } : {});
    expect(decision.action).toBe(retry ? 'retry' : 'give-up');
    if (waitMs !== undefined) expect(decision).toMatchObject({ waitMs });
  },
);
