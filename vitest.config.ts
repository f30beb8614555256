import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const conditions = ['@forbear/source', ...defaultServerConditions];

/** These put globals in place before they load what looks for them, or watch the sockets of all. */
const NEED_A_PROCESS = ['test/axios-xhr.test.ts', 'test/wire*.test.ts'];

const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    // Many wait for sockets and other processes, so one more than there are cores.
    maxWorkers: '150%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        ...resolve,
        extends: true,
        // Tests leave nothing behind, so they need no process of their own.
        test: {
          name: 'shared',
          include: ['packages/*/src/**/*.test.ts', 'test/*.test.ts'],
          exclude: NEED_A_PROCESS,
          isolate: false,
        },
      },
      { ...resolve, extends: true, test: { name: 'apart', include: NEED_A_PROCESS } },
    ],
  },
});
