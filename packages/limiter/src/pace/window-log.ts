import { arrivalMs, type Charge, type Pacer } from './pacer.js';

interface LogCharge extends Charge {
  amount: number;
  /** From when on it does not count any more. */
  expiresAtMs: number;
  /** The window of the server in which it was counted, once that is known. */
  window: Window | undefined;
  gone: boolean;
}

/** What was counted in a window of the server whose end is known. */
interface Window {
  endsAtMs: number;
  amount: number;
}

/** Ends of windows that differ by less are one: servers round them, and answers take their time. */
const SAME_WINDOW_MS = 1_000;

/**
 * At most `limit` units in any `perMs` milliseconds, by a log of what was taken. So it is never above
 * the limit of a server that counts in windows, wherever these begin. Where the server tells when its
 * window ends, what was counted in it stops to count then.
 */
export class WindowLog implements Pacer<LogCharge> {
  readonly #limit: number;
  readonly #perMs: number;
  readonly #arrivalMs: number;
  /** In the order of their expiry; those before `#head` are gone. */
  #log: LogCharge[] = [];
  #head = 0;
  #windows: Window[] = [];
  #used = 0;

  constructor(limit: number, perMs: number) {
    this.#limit = limit;
    this.#perMs = perMs;
    this.#arrivalMs = arrivalMs(perMs);
  }

  waitMs(amount: number, nowMs: number, keep = 0, ahead = 0): number {
    this.#expire(nowMs);
    const kept = Math.max(0, Math.min(keep, this.#limit - amount));
    let over = this.#used + ahead + amount + kept - this.#limit;
    if (over <= 0) return 0;
    let lastMs = nowMs;
    for (const { expiresAtMs, amount: freed } of this.#expiries()) {
      over -= freed;
      lastMs = Math.max(lastMs, expiresAtMs);
      if (over <= 0) return lastMs - nowMs;
    }
    return lastMs - nowMs + Math.ceil(over / this.#limit) * this.#perMs;
  }

  take(amount: number, nowMs: number): LogCharge {
    const expiresAtMs = nowMs + this.#perMs + this.#arrivalMs;
    const charge = { amount, expiresAtMs, window: undefined, gone: false };
    this.#log.push(charge);
    this.#used += amount;
    return charge;
  }

  answered(charge: LogCharge, nowMs: number, resetAtMs = Number.POSITIVE_INFINITY): void {
    if (charge.gone) return;
    charge.expiresAtMs = Math.min(charge.expiresAtMs, nowMs + this.#perMs);
    if (resetAtMs >= charge.expiresAtMs) return;
    // From here on it counts in the window, and leaves a gap in the log.
    charge.window = this.#windowEndingAt(Math.max(resetAtMs, nowMs));
    charge.window.amount += charge.amount;
  }

  change(charge: LogCharge, amount: number): void {
    const more = amount - charge.amount;
    charge.amount = amount;
    if (charge.window !== undefined) {
      if (this.#windows.includes(charge.window)) {
        charge.window.amount += more;
        this.#used += more;
      }
    } else if (!charge.gone) this.#used += more;
  }

  available(nowMs: number): number {
    this.#expire(nowMs);
    return Math.max(0, this.#limit - this.#used);
  }

  isFresh(nowMs: number): boolean {
    this.#expire(nowMs);
    return this.#used === 0 && this.#head === this.#log.length;
  }

  #windowEndingAt(endsAtMs: number): Window {
    const last = this.#windows.at(-1);
    if (last !== undefined && Math.abs(last.endsAtMs - endsAtMs) < SAME_WINDOW_MS) {
      last.endsAtMs = Math.max(last.endsAtMs, endsAtMs);
      return last;
    }
    const window = { endsAtMs, amount: 0 };
    this.#windows.push(window);
    this.#windows.sort((one, other) => one.endsAtMs - other.endsAtMs);
    return window;
  }

  /** What expires, the soonest first. */
  *#expiries(): Generator<{ readonly expiresAtMs: number; readonly amount: number }> {
    let at = 0;
    for (let index = this.#head; index < this.#log.length; index++) {
      const charge = this.#log[index] as LogCharge;
      for (; at < this.#windows.length; at++) {
        const { endsAtMs, amount } = this.#windows[at] as Window;
        if (endsAtMs > charge.expiresAtMs) break;
        yield { expiresAtMs: endsAtMs, amount };
      }
      if (charge.window === undefined) yield charge;
    }
    for (; at < this.#windows.length; at++) {
      const { endsAtMs, amount } = this.#windows[at] as Window;
      yield { expiresAtMs: endsAtMs, amount };
    }
  }

  #expire(nowMs: number): void {
    for (;;) {
      const charge = this.#log[this.#head];
      if (charge === undefined) break;
      if (charge.window === undefined) {
        if (charge.expiresAtMs > nowMs) break;
        this.#used -= charge.amount;
      }
      charge.gone = true;
      this.#head++;
    }
    while (this.#windows[0] !== undefined && this.#windows[0].endsAtMs <= nowMs) {
      this.#used -= this.#windows.shift()?.amount ?? 0;
    }
    if (this.#head > 64 && this.#head * 2 > this.#log.length) {
      this.#log = this.#log.slice(this.#head);
      this.#head = 0;
    }
  }
}
