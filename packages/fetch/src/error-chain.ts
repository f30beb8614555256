const MAX_CAUSES = 8;

/** Whether `thrown` is `error` or has it for a cause; a chain that is longer, or a circle, is cut. */
export function isCausedBy(thrown: unknown, error: unknown): boolean {
  try {
    let current = thrown;
    for (let depth = 0; depth < MAX_CAUSES; depth++) {
      if (current === error) return true;
      if (typeof current !== 'object' || current === null) return false;
      current = (current as { cause?: unknown }).cause;
    }
  } catch {
    // A getter of a hostile error threw.
  }
  return false;
}

/** Turns of the microtask queue that wrappers of a fetch may need to pass on its rejection. */
const TURNS = 20;

/** Whether `work` has rejected because of `error`, now or within a few microtasks. */
export async function hasRejectedWith(work: unknown, error: unknown): Promise<boolean> {
  let rejected: boolean | undefined;
  Promise.resolve(work).then(
    () => {
      rejected = false;
    },
    (thrown: unknown) => {
      rejected = isCausedBy(thrown, error);
    },
  );
  for (let turn = 0; turn < TURNS && rejected === undefined; turn++) await undefined;
  return rejected === true;
}
