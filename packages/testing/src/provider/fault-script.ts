import type { Fault, FaultRequest, FaultTarget } from './fault.js';

interface Line {
  readonly fault: Fault;
  readonly target: FaultTarget;
  left: number;
}

function matches(target: FaultTarget, request: FaultRequest): boolean {
  return (
    (target.callId ?? request.callId) === request.callId &&
    (target.method?.toUpperCase() ?? request.method) === request.method &&
    (target.path ?? request.path) === request.path
  );
}

/** The faults to come, in order; a request takes the first that is meant for it. */
export class FaultScript {
  #lines: Line[] = [];
  readonly #numbers = new Map<string, number>();

  add(faults: readonly Fault[], target: FaultTarget): void {
    const left = target.times ?? 1;
    this.#lines.push(...faults.map((fault) => ({ fault, target, left })));
  }

  /** Counts a request of a logical request and returns its number, from 1. */
  count(callId: string): number {
    const number = (this.#numbers.get(callId) ?? 0) + 1;
    this.#numbers.set(callId, number);
    return number;
  }

  take(request: FaultRequest): Fault | undefined {
    const line = this.#lines.find(({ left, target }) => left > 0 && matches(target, request));
    if (line === undefined) return undefined;
    line.left -= 1;
    if (line.left <= 0) this.#lines = this.#lines.filter((other) => other !== line);
    return line.fault;
  }

  /** Forgets the faults to come. */
  heal(): void {
    this.#lines = [];
  }

  clear(): void {
    this.heal();
    this.#numbers.clear();
  }
}
