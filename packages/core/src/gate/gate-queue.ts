/** A queue of calls that stands in front of a gate instead of the gate's own line. */
export interface GateQueue {
  /** How many calls wait in it. */
  readonly length: number;
  /** The gate has changed: whoever may go now is let go. */
  pump(): void;
}
