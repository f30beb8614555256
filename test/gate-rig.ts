import type { FetchCallOptions } from '@forbear/fetch';
import { type Called, type Rig, setUp } from './rig.js';

/** A request as it left, and what its client could know then. */
interface Sent {
  readonly atMs: number;
  readonly credential: string;
  /** Whether an answer of an earlier millisecond had told its credential to wait for longer. */
  readonly early: boolean;
}

export interface WatchedRig extends Rig {
  readonly sent: readonly Sent[];
  /** Makes that many POSTs at once. */
  burst(count: number, options?: BurstOptions): Promise<readonly Called[]>;
  /** How many requests were answered with a status. */
  answered(status: number): number;
}

type BurstOptions = FetchCallOptions & { readonly init?: RequestInit };
type RigOptions = NonNullable<Parameters<typeof setUp>[0]>;

interface Told {
  readonly credential: string;
  readonly atMs: number;
  readonly untilMs: number;
}

/** A rig that notices each request that leaves while its key is told to wait. */
export async function setUpWatched(options: RigOptions = {}): Promise<WatchedRig> {
  const sent: Sent[] = [];
  const told: Told[] = [];
  const bare = options.bare ?? globalThis.fetch;
  const rig = await setUp({
    ...options,
    async bare(input, init) {
      const credential = new Headers(init?.headers).get('authorization') ?? '';
      const atMs = rig.clock.now();
      const early = told.some(
        (each) => each.credential === credential && each.atMs < atMs && atMs < each.untilMs,
      );
      sent.push({ atMs, credential, early });
      const response = await bare(input, init);
      const waitMs = Number(response.headers.get('retry-after')) * 1000;
      const nowMs = rig.clock.now();
      if (waitMs > 0) told.push({ credential, atMs: nowMs, untilMs: nowMs + waitMs });
      return response;
    },
  });
  return {
    ...rig,
    sent,
    burst: (count, given) =>
      Promise.all(Array.from({ length: count }, () => rig.call('POST', given))),
    answered: (status) => rig.provider.requests.filter((each) => each.status === status).length,
  };
}

/** A fetch whose answers have lost what a browser hides from other origins. */
export const hintless: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { status } = response;
  const type = response.headers.get('content-type') ?? 'text/plain';
  return new Response(response.body, { status, headers: { 'content-type': type } });
};
