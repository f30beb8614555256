import type { AdapterUnderTest } from './adapter.js';
import { inRigs, type SetUp } from './in-rigs.js';

/** What the contract needs of a test runner. Those of vitest, Jest and `node:test` have it. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown;
  test(title: string, body: () => Promise<void>): unknown;
}

/** A test runner whose tests set up the adapter, each for itself. */
export interface Suite {
  readonly adapter: AdapterUnderTest;
  describe(title: string, body: () => void): void;
  test(title: string, body: (setUp: SetUp) => Promise<void>): void;
}

export function suiteOf(adapter: AdapterUnderTest, { describe, test }: TestRunner): Suite {
  return {
    adapter,
    describe: (title, body) => void describe(title, body),
    test: (title, body) => void test(title, () => inRigs([adapter], body)),
  };
}

/** Whether the adapter can send this method. */
export function sends({ methods }: AdapterUnderTest, method: string): boolean {
  return methods?.includes(method) ?? true;
}
