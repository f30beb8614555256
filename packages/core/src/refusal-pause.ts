import { nextTurn } from './clock.js';
import type { KeyState } from './key-state.js';

/** So many calls of a key may be refused before one has to wait. */
const MOST_AT_ONCE = 100;

/**
 * A call that is refused without an attempt is over within a few microtasks. A loop that tries again
 * without a pause of its own would keep the whole process from hearing of anything else, also of what
 * ends the refusals. So each hundredth leaves the event loop a turn.
 */
export async function pauseAfterRefusal(state: KeyState): Promise<void> {
  state.refusals++;
  if (state.refusals % MOST_AT_ONCE === 0) await nextTurn();
}
