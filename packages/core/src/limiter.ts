import type { Clock } from './clock.js';
import type { Events } from './events.js';
import type { Facts } from './facts.js';
import type { Failure } from './failure.js';
import type { Caller, KeptOut, Permit } from './gate/admission.js';
import type { Gate } from './gate/gate.js';
import type { Refusal } from './gate/refusal.js';
import type { LimitedCall, OpenBody } from './limited-call.js';
import type { ProviderProfile } from './profile.js';

/** What a lane needs to know of a call that wants to make an attempt. */
export interface Applicant extends Caller {
  /** Whether it has been let go before; then the bound of the queue does not keep it out. */
  readonly isRetry: boolean;
  /** Whether it goes before all that came after its call, and not only after its last attempt. */
  readonly keepsPlace: boolean;
  /** The longest told wait in milliseconds that it is held for. */
  readonly maxHoldMs: number;
  /** What its caller said of it. */
  readonly call: LimitedCall;
  /** Is told its place, if it has to wait. */
  readonly onQueued: ((place: QueuePlace) => void) | undefined;
  /** Is told once when its wait is over. The lane is at work then, and is not to be called from here. */
  tell(said: LaneAdmission): void;
}

/** Where a call stands in a queue. */
export interface QueuePlace {
  /** From 1. */
  readonly position: number;
  /** How long it will wait in milliseconds, as far as anybody can tell; absent: nobody can. */
  readonly estimateMs?: number;
}

/** Leave of a lane to make one attempt; it is given back when the attempt is over. */
export interface LanePermit {
  readonly permit: Permit | undefined;
}

/** What a lane says to a call that wants to make an attempt. */
export type LaneAdmission =
  | { readonly kind: 'admitted'; readonly lanePermit: LanePermit }
  | KeptOut
  /** It was not even let into the queue, or it had to make room there. */
  | {
      readonly kind: 'turned-away';
      readonly error: Error;
      readonly reason: 'queue-full' | 'never-fits';
    };

/** How an attempt ended that had leave of a lane. */
export interface LaneEnd {
  /** What was learnt of it; absent: it was not begun. */
  readonly facts?: Facts;
  /** What was wrong; absent: it succeeded, or was not begun. */
  readonly failure?: Failure;
  /** For how many milliseconds it closed the gate of its key. */
  readonly closesMs?: number;
  /** What closed it, as much as is kept to answer the calls that it refuses. */
  readonly refusal?: Refusal;
  /** Finds in the answer what it used, if somebody wants to know. */
  readonly findUsage?: () => unknown;
  /** Finds the body of its answer, if more of it is to come and somebody can tell when that is over. */
  readonly findOpenBody?: (() => OpenBody | undefined) | undefined;
}

/** The queue of a limiter in front of the gate of one key. Nothing in it throws or rejects. */
export interface Lane {
  /** A call begins that will ask, and maybe again after a wait of its own. */
  begin(): void;
  /** That call is over. */
  finish(): void;
  /** Asks to make an attempt; `undefined`: it has to wait, and is told when that is over, maybe at once. */
  enter(applicant: Applicant): LaneAdmission | undefined;
  /** Gives leave back. */
  leave(permit: LanePermit, end: LaneEnd): void;
  /** The key is forgotten; nobody waits, and nobody will come. */
  close(): void;
}

/** What a lane is made for. */
export interface LaneContext {
  /** May hold a credential, and is not shown. */
  readonly key: string;
  /** What may be shown of the key. */
  readonly label: string;
  readonly gate: Pick<Gate, 'attach'>;
  readonly clock: Clock;
  readonly profile: ProviderProfile;
  readonly events: Events;
}

/** Paces the attempts of a policy, each key for itself. `createLimiter` of `@forbear/limiter` makes one. */
export interface Limiter {
  /** The lane of a key, when its first call comes. */
  laneOf(context: LaneContext): Lane;
}
