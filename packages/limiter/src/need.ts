/** What a limit can count. `tokens` are input and output together. */
export type Unit = 'requests' | 'tokens' | 'input-tokens' | 'output-tokens';

/** What one attempt takes of its limits, or took. Whole numbers, 0 or more. */
export interface Need {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How much of a limit of this unit a need takes. */
export function amountOf(need: Need, unit: Unit): number {
  switch (unit) {
    case 'requests':
      return need.requests;
    case 'tokens':
      return need.inputTokens + need.outputTokens;
    case 'input-tokens':
      return need.inputTokens;
    case 'output-tokens':
      return need.outputTokens;
  }
}
