import type { TokenCounter } from './token-estimate.js';

/** What the queues of a limiter go by. */
export interface QueueRules {
  readonly maxQueued: number;
  readonly interactiveShare: number;
  readonly ageingMs: number;
  readonly countTokens: TokenCounter;
  /** Is told each time that a queue has nobody waiting and nothing under way any more. */
  readonly onQuiet: () => void;
}
