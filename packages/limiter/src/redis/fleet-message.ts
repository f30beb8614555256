import type { LearntLimit } from '../permit-source.js';
import { UNITS } from './limits.js';
import type { SharedRefusal } from './refusal-message.js';

/** That nothing is to be sent for a while, and what a server said of it. */
interface Hold {
  /** Names it among all. */
  readonly hold: string;
  /** Milliseconds; `null`: until a call succeeds. */
  readonly ms: number | null;
  readonly refusal: SharedRefusal;
}

/** What one process tells the others. */
export type FleetMessage =
  | { readonly from: string; readonly peers: number }
  | (Hold & { readonly from: string })
  | { readonly from: string; readonly limits: readonly LearntLimit[] };

/** Reads a message. Somebody else may have sent something there, or another version of this: `undefined`. */
export function readMessage(text: string): FleetMessage | undefined {
  const message = parse(text);
  if (!isObject(message) || typeof message.from !== 'string') return undefined;
  const isMessage = isAmount(message.peers) || isHold(message) || areLimits(message.limits);
  return isMessage ? (message as unknown as FleetMessage) : undefined;
}

/** Reads limits that were stored; `undefined`: they are none. */
export function readStoredLimits(text: string): readonly LearntLimit[] | undefined {
  const limits = parse(text);
  return areLimits(limits) ? limits : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHold({ hold, ms, refusal }: Readonly<Record<string, unknown>>): boolean {
  if (typeof hold !== 'string' || !(ms === null || isAmount(ms)) || !isObject(refusal))
    return false;
  const { failure, headers, body } = refusal;
  const words = isObject(failure) ? ['kind', 'effect', 'concerns', 'because'] : [];
  const isFailure = isObject(failure) && words.every((word) => typeof failure[word] === 'string');
  return isFailure && isObject(headers) && typeof body === 'string';
}

function areLimits(limits: unknown): limits is readonly LearntLimit[] {
  return Array.isArray(limits) && limits.every(isLimit);
}

function isLimit(limit: unknown): boolean {
  if (!isObject(limit) || typeof limit.name !== 'string') return false;
  const { limit: amount, remaining, resetMs } = limit;
  const isKnown = UNITS.some((unit) => unit === limit.unit);
  return (
    isKnown && [amount, remaining, resetMs].every((each) => each === undefined || isAmount(each))
  );
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
