import type { Failure } from './failure.js';
import type { StopReason } from './stop-reason.js';

/** What all events of a call have. */
interface CallEvent {
  /** A number that all events of one call share, and no other call has. */
  readonly call: number;
  /** What may be shown of its key: no credential. */
  readonly key: string;
  /** The HTTP method, where it is known. */
  readonly method?: string;
  /** The attempt that it is about, from 1. */
  readonly attempt: number;
  /** When it happened, in Unix milliseconds. */
  readonly atMs: number;
}

/** An attempt starts. */
export interface AttemptEvent extends CallEvent {
  readonly type: 'attempt';
}

/** An attempt failed and will be repeated after a wait; what was wrong stands beside the wait. */
export interface WaitingEvent extends CallEvent, Failure {
  readonly type: 'waiting';
  /** Milliseconds. */
  readonly waitMs: number;
  /** When the wait ends, in Unix milliseconds, for a countdown. */
  readonly untilMs: number;
  /** The wait that the server named, in milliseconds; absent: backoff. */
  readonly toldMs?: number;
  /** The header that named it, in lower case. */
  readonly toldBy?: string;
}

/** An attempt may not start yet: its key is told to wait, or others of its key go first. */
export interface HoldEvent extends CallEvent {
  readonly type: 'hold';
  /** When its gate opens, in Unix milliseconds; absent: it has opened, a few calls at a time go through. */
  readonly untilMs?: number;
}

/** An attempt has to wait in the queue of a limiter. */
export interface QueuedEvent extends CallEvent {
  readonly type: 'queued';
  /** Its place in the queue, from 1. */
  readonly position: number;
  /** How long it will wait in milliseconds, as far as anybody can tell; absent: nobody can. */
  readonly estimateMs?: number;
}

/** What all events have that are about a key and not about one call. */
interface KeyEvent {
  readonly call?: undefined;
  /** What may be shown of the key: no credential. */
  readonly key: string;
  /** When it happened, in Unix milliseconds. */
  readonly atMs: number;
}

/** A limiter learnt from an answer what the server allows, or that it allows something else now. */
export interface LimitsEvent extends KeyEvent {
  readonly type: 'limits';
  /** Each limit that is new or has changed; `was`: what it held before. */
  readonly limits: readonly {
    readonly name: string;
    readonly unit: string;
    readonly limit: number;
    readonly was?: number;
  }[];
}

/** A limiter found another number of attempts that may be under way at once. */
export interface PaceEvent extends KeyEvent {
  readonly type: 'pace';
  readonly maxConcurrent: number;
  readonly was: number;
  readonly because: 'answered' | 'throttled' | 'advised';
}

/**
 * A limiter that shares its permits with other processes lost what they share them through, and goes
 * by itself now, at its share; or it is back.
 */
export interface FleetEvent {
  readonly type: 'fleet';
  readonly call?: undefined;
  readonly key?: undefined;
  readonly state: 'lost' | 'back';
  /** Why it was lost, in words. */
  readonly because?: string;
  /** For how many milliseconds it was lost. */
  readonly lostForMs?: number;
  /** When it happened, in Unix milliseconds. */
  readonly atMs: number;
}

/** A wait is over and the next attempt starts now; `attempt` is its number. */
export interface RetryEvent extends CallEvent {
  readonly type: 'retry';
}

/** The call ended well. */
export interface SuccessEvent extends CallEvent {
  readonly type: 'success';
}

/**
 * The call ended with its last failure, or with that of another call of its key; what was wrong stands
 * beside the reason, if anything was.
 */
export interface GiveUpEvent extends CallEvent, Partial<Failure> {
  readonly type: 'give-up';
  readonly reason: StopReason;
  /** When another call may succeed, in Unix milliseconds, if the server said so. */
  readonly retryAt?: number;
}

/** A layer above repeats a call that was given up because its work may have been done. */
export interface LayeredRetryEvent extends CallEvent {
  readonly type: 'layeredRetry';
  /** The number of the call that was given up. */
  readonly of: number;
  /** How often it has come again, from 1. */
  readonly times: number;
  /** What repeats it, as far as the request tells. */
  readonly layer: string;
  /** What makes that layer stop. */
  readonly remedy: string;
  /** Whether it was given the end of that call again, without a request (`refuseRepeatsMs`). */
  readonly refused: boolean;
}

/**
 * A call went past Forbear, bare, because something put another transport in place of its own; `call`
 * and `attempt` are 0, since nothing of it was counted.
 */
export interface BypassedEvent extends CallEvent {
  readonly type: 'bypassed';
  /** What did it, and the remedy, in words. */
  readonly because: string;
}

/** Every event of a policy, by its name. */
export interface PolicyEvents {
  attempt: AttemptEvent;
  waiting: WaitingEvent;
  hold: HoldEvent;
  queued: QueuedEvent;
  retry: RetryEvent;
  success: SuccessEvent;
  'give-up': GiveUpEvent;
  layeredRetry: LayeredRetryEvent;
  bypassed: BypassedEvent;
  limits: LimitsEvent;
  pace: PaceEvent;
  fleet: FleetEvent;
}

export type PolicyEvent = PolicyEvents[keyof PolicyEvents];

/** What an event of that name holds beside what all of them do; a hold is before its attempt. */
export type EventDetails<Name extends keyof PolicyEvents> = Omit<
  PolicyEvents[Name],
  'type' | keyof CallEvent
> & { readonly attempt?: number };
