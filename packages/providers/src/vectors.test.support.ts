import { readFileSync } from 'node:fs';
import type { Facts, Failure, ProviderProfile } from '@forbear/core';
import captured from '../../core/src/http/header-vectors.json' with { type: 'json' };
import * as all from './index.js';

const { auto: _, ...own } = all;

/** Every profile, by the name of its export. */
export const PROFILES: Readonly<Record<string, ProviderProfile>> = own;

/** When the answers of all vectors came: 2026-11-23T00:00:00Z. */
export const NOW_MS = captured.nowMs;

/** One answer, or one event of a stream, and what follows from it. */
export interface Vector {
  /** What it is, as part of a sentence. */
  readonly about: string;
  /** @default 'POST' */
  readonly method?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text as it stands. */
  readonly body?: unknown;
  /** @default 1 */
  readonly attempt?: number;
  /** @default 0 */
  readonly elapsedMs?: number;
  /** Whether the request carried an idempotency key, where the provider honours one if it honours any. */
  readonly keyed?: boolean;
  /** The text of an event of a stream, instead of an answer. */
  readonly stream?: string;
  /** Whether nothing came before that event. */
  readonly first?: boolean;

  readonly kind: Failure['kind'] | 'success';
  /** @default 'none' */
  readonly effect?: Failure['effect'];
  /** `retry`, `succeed`, or why it stops. */
  readonly then?: string;
  /** The wait in milliseconds, without jitter and without backoff. */
  readonly waitMs?: number;
  readonly bucket?: string;
  /** Of a used-up quota; absent: nobody knows. */
  readonly resetsAt?: string;
  readonly notes?: readonly string[];
  /** What its headers tell of limits, in order. */
  readonly limits?: readonly object[];
}

/** The vectors of a profile, in the file of its name. */
export function vectorsOf(name: string): readonly Vector[] {
  const file = new URL(`${name}.vectors.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What an adapter gathers of an answer. */
export function factsOf(vector: Vector): Facts {
  const { method = 'POST', status, headers, body, keyed, attempt = 1, elapsedMs = 0 } = vector;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    ...{ method, attempt, elapsedMs, nowMs: NOW_MS, random: 0 },
    ...(status !== undefined && { status }),
    ...(headers && { headers }),
    ...(text !== undefined && { body: text }),
    // An adapter knows from the URL whether the key is honoured there.
    ...(keyed && { hasIdempotencyKey: true, idempotencyKeyHonoured: true }),
  };
}
