/** What a policy does where its options are silent. */
export const DEFAULTS = Object.freeze({
  maxRetries: 3,
  maxRetryAfterMs: 60_000,
  maxHoldMs: 120_000,
  probeMs: 30_000,
  repeatable: false,
});
