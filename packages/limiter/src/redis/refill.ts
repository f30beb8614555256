/** A limit is refilled in so many steps, each within these milliseconds. */
const STEPS = 240;
const LEAST_STEP_MS = 25;
const MOST_STEP_MS = 250;
/** How many steps an idle fleet saves up. */
const SAVED_STEPS = 3;
/** How much of a limit is handed out: what is saved up comes on top of it in a window. */
const USED_SHARE = 0.98;

/** How a reservoir is refilled: by so many tokens, every so many milliseconds. */
export interface Refill {
  readonly amount: number;
  readonly everyMs: number;
}

/** The steps that keep a limit of one token in `paceMs`, counted in windows of `windowMs`. */
export function refillOf(paceMs: number, windowMs: number): Refill {
  const stepMs = Math.min(Math.max(windowMs / STEPS, LEAST_STEP_MS), MOST_STEP_MS);
  const everyMs = paceMs / USED_SHARE;
  const amount = Math.max(1, Math.round(stepMs / everyMs));
  return { amount, everyMs: amount * everyMs };
}

/** The same for Bottleneck. */
export function increaseOf({ amount, everyMs }: Refill) {
  return {
    reservoirIncreaseAmount: amount,
    reservoirIncreaseInterval: everyMs,
    reservoirIncreaseMaximum: SAVED_STEPS * amount,
  };
}

/** What is saved up at most, in milliseconds of the limit. */
export function savedMs({ everyMs }: Refill): number {
  return SAVED_STEPS * everyMs;
}
