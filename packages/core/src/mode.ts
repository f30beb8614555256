import { assertOptions, check, InvalidOptionsError, problem } from './options.js';

/** How calls are made in a test. */
export interface TestMode {
  /** Attempts that a call may make, 1 or more. @default 1 */
  readonly attempts?: number;
}

let enabled = true;
let testAttempts: number | undefined;

/**
 * Switches Forbear off, or on again, for the whole process: while it is off every call is a bare one,
 * made once and handed out as it is, without gates, waits, time limits, events or traces.
 *
 * @throws {InvalidOptionsError} if `on` is no boolean
 */
export function setEnabled(on: boolean): void {
  if (typeof on !== 'boolean') {
    throw new InvalidOptionsError('setEnabled', [problem('on', on, 'give true or false')]);
  }
  enabled = on;
}

/** Whether Forbear is switched on. */
export function isEnabled(): boolean {
  return enabled;
}

/**
 * For the tests of your own code: from now on no call waits, no gate holds or refuses, no budget is
 * spent, and each call makes at most `attempts` attempts. What would not be repeated otherwise is not
 * repeated here either. `false` ends it.
 *
 * @throws {InvalidOptionsError} with every problem of `mode`
 */
export function setTestMode(mode: TestMode | false): void {
  if (mode === false) {
    testAttempts = undefined;
    return;
  }
  assertOptions('setTestMode', mode, {
    attempts: check(
      (value) => Number.isInteger(value) && (value as number) >= 1,
      'give a whole number of 1 or more',
    ),
  });
  testAttempts = mode.attempts ?? 1;
}

/** How many attempts a call may make in test mode; `undefined` when it is off. */
export function attemptsInTest(): number | undefined {
  return testAttempts;
}
