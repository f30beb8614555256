import { policyOption } from './call-checks.js';
import { type Checks, check } from './options.js';
import { POLICY_CHECKS } from './policy-checks.js';

/** Beside a policy its options would say nothing. */
const FOR_THE_POLICY: Checks = Object.fromEntries(
  Object.keys(POLICY_CHECKS).map((name) => [
    name,
    check(() => false, 'give it to definePolicy(), since there is a policy'),
  ]),
);

/**
 * The checks of what an adapter is made with: the options of a policy, or a `policy` that others share.
 *
 * @param own the checks of what the adapter takes besides
 */
export function adapterChecks(options: unknown, own: Checks = {}): Checks {
  const { policy } = (options ?? {}) as { readonly policy?: unknown };
  return policy === undefined
    ? { ...POLICY_CHECKS, ...own, policy: policyOption }
    : { ...own, policy: policyOption, ...FOR_THE_POLICY };
}
