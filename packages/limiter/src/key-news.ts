import type { PaceReason } from './concurrency.js';
import type { LearntLimit } from './permit-source.js';

/** What is told of a key: what was learnt of its limits, and every change of its pace. */
export type KeyNews =
  | {
      readonly type: 'limits';
      readonly limits: readonly {
        readonly name: string;
        readonly unit: LearntLimit['unit'];
        readonly limit: number;
        readonly was?: number;
      }[];
    }
  | {
      readonly type: 'pace';
      readonly maxConcurrent: number;
      readonly was: number;
      readonly because: PaceReason;
    };
