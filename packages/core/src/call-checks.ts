import { type Check, type Checks, check, functionOption } from './options.js';
import { LIMIT_CHECKS, profileOption } from './policy-checks.js';

const WORDS: readonly unknown[] = ['interactive', 'normal', 'batch'];
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** The options of a single call that adapters' users can give too. */
export const CALL_LIMIT_CHECKS = {
  ...LIMIT_CHECKS,
  onSettled: functionOption,
  priority: check(
    (value) => WORDS.includes(value) || (isCount(value) && (value as number) <= 100),
    "give 'interactive', 'normal', 'batch', or a whole number from 0 to 100",
  ),
  tenant: check((value) => typeof value === 'string', 'give a text'),
  tokens: check((value) => {
    if (typeof value !== 'object' || value === null) return isCount(value);
    const { input, output } = value as { input?: unknown; output?: unknown };
    return isCount(input) && isCount(output);
  }, 'give a whole number of 0 or more, or { input, output }'),
} satisfies Checks;

/** A policy, as `definePolicy` makes it. */
export const policyOption: Check = check(
  (value) => typeof value === 'object' && value !== null && 'events' in value && 'gates' in value,
  'give what definePolicy() made',
);

/** The options of a single call of `execute`. */
export const CALL_CHECKS: Checks = {
  ...CALL_LIMIT_CHECKS,
  signal: check(
    (value) =>
      value === null ||
      (typeof value === 'object' && typeof (value as AbortSignal).aborted === 'boolean'),
    'give an AbortSignal',
  ),
  method: check(
    (value) => typeof value === 'string' && value !== '',
    "give a method such as 'POST'",
  ),
  provider: profileOption,
  gather: functionOption,
  discard: functionOption,
  key: check((value) => typeof value === 'string', 'give a text'),
  showKey: functionOption,
  notes: check(
    (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    'give an array of texts',
  ),
  fingerprint: functionOption,
  standing: functionOption,
  layer: functionOption,
  rebuild: functionOption,
  body: () => [],
  readUsage: functionOption,
  openBody: functionOption,
};
