/** What was seen of one request of the transport. */
export class SeenRequest {
  readonly origin: string;
  readonly path: string;
  /** Whether its head was written. */
  sent = false;
  /** What it failed with; `undefined` while it has not. */
  failure: unknown;
  /** Is told once, when it is over. */
  onOver: (() => void) | undefined;
  #isOver = false;

  constructor(origin: string, path: string) {
    this.origin = origin;
    this.path = path;
  }

  /** Whether all of its answer has come, or it failed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.onOver?.();
    this.onOver = undefined;
  }
}
