import type { TooLarge } from './permit-source.js';

/** A request takes more of a limit than it ever holds, so it was not sent. */
export class NeverFitsError extends Error {
  override readonly name = 'NeverFitsError';
  /** What the limit counts. */
  readonly unit: TooLarge['unit'];
  /** What it holds when it is full. */
  readonly limit: number;
  /** What the request takes of it, estimated where its `tokens` were not said. */
  readonly need: number;
  /** What can be done. */
  readonly remedy: string;

  constructor({ unit, limit, need }: TooLarge) {
    const remedy =
      unit === 'requests'
        ? 'raise the limit'
        : 'split the input, lower the allowed output (max_tokens), or say its real size with tokens';
    super(`it takes ${need} ${unit} of a limit that holds ${limit}; ${remedy}`);
    this.unit = unit;
    this.limit = limit;
    this.need = need;
    this.remedy = remedy;
  }
}
