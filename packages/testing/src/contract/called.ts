import assert from 'node:assert/strict';
import type { HeaderReader, StopReason, Trace } from '@forbear/core';
import type { AdapterUnderTest } from './adapter.js';

/** How a call ended for its caller. */
export interface Ended {
  /** The status, the headers and the body that were handed out, whether or not they were thrown. */
  readonly status?: number;
  readonly headers?: HeaderReader;
  readonly text?: string;
  /** What the client threw. */
  readonly error: unknown;
  /** The response or the error that was handed out. */
  readonly handed: unknown;
}

/** What came of a call. */
export interface Called extends Ended {
  /** What `onSettled` was told; `undefined`: nothing. */
  readonly told: Trace | undefined;
  /** How many requests the provider saw of it. */
  readonly requests: number;
  /** How often it was billed. */
  readonly bills: number;
  /** Milliseconds of the clock between its requests. */
  readonly gapsMs: readonly number[];
  /** Milliseconds of the clock from its start to its end. */
  readonly tookMs: number;
}

/** What an error hands out. */
export function answerIn(error: unknown, answerOf: AdapterUnderTest['answerOf']): Ended {
  return { handed: error, ...answerOf?.(error), error };
}

/** The trace of a call, of which `onSettled` must have been told. */
export function traceIn({ told }: Called): Trace {
  assert.ok(told !== undefined, 'onSettled was told nothing');
  return told;
}

/** Asserts why a call was given up; `undefined`: it was answered. */
export function assertReason(called: Called, reason: StopReason | undefined): void {
  assert.equal(traceIn(called).reason, reason, 'the reason in the trace');
}

/** Asserts the status that was handed out. */
export function assertStatus({ status, error }: Called, expected: number): void {
  assert.equal(status, expected, `the status; ${String(error)} was thrown`);
}

/** Asserts how often a call was sent and billed. */
export function assertSent({ requests, bills }: Called, times: number, billed: number): void {
  assert.deepEqual({ requests, bills }, { requests: times, bills: billed });
}

/** The `error.code` of the JSON that was handed out. */
export function codeIn({ text }: Called): unknown {
  assert.ok(text !== undefined, 'no body was handed out');
  const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown } };
  return error?.code;
}

/** Asserts that something took at least and at most so long. */
export function assertBetween(ms: number | undefined, leastMs: number, mostMs: number): void {
  assert.ok(ms !== undefined && ms >= leastMs, `${ms} ms is less than ${leastMs} ms`);
  assert.ok(ms <= mostMs, `${ms} ms is more than ${mostMs} ms`);
}
