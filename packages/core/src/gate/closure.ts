/** For how long a failed attempt closes the gate of its key. */
export interface Closure {
  /**
   * Milliseconds from the answer on in which no request of the key is sent: what the server told, or
   * a guess where it told nothing. `Infinity`: until a probe succeeds, since the wallet is empty.
   */
  readonly ms: number;
  /** Milliseconds that are added to it, so that many processes do not come back together. */
  readonly jitterMs: number;
}
