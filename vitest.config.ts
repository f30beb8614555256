import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const conditions = ['@forbear/source', ...defaultServerConditions];

const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    // Many wait for sockets and other processes, so one more than there are cores.
    maxWorkers: '150%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      // Units keep no state, so they need no process of their own.
      {
        ...resolve,
        extends: true,
        test: { name: 'units', include: ['packages/*/src/**/*.test.ts'], isolate: false },
      },
      { ...resolve, extends: true, test: { name: 'whole', include: ['test/*.test.ts'] } },
    ],
  },
});
