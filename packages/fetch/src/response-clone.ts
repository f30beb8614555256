/** A clone of the body of a response, which itself is left unread. */
export interface ClonedBody {
  /** The next bytes, or `undefined` when there are no more; rejects if the body breaks. */
  read(): Promise<Uint8Array | undefined>;
  /** Lets go of what was not read. */
  cancel(): void;
}

/**
 * Clones the body of `response`; `undefined` where there is none that can be cloned: a used or locked
 * one, or one that is no `ReadableStream`, as that of node-fetch and of some mocks.
 *
 * @param signal what ends the fetch of the response
 */
export function cloneBody(
  response: Response,
  signal: AbortSignal | undefined,
): ClonedBody | undefined {
  try {
    const { body } = response;
    if (!body?.getReader || body.locked || response.bodyUsed) return undefined;
    const reader = response.clone().body?.getReader();
    if (reader === undefined) return undefined;
    let isCancelled = false;
    let isWhole = false;
    keepCancelQuiet(response.body ?? body, signal, () => isWhole);
    return {
      async read() {
        const { value } = await reader.read();
        isWhole = value === undefined && !isCancelled;
        return value;
      },
      cancel() {
        isCancelled = true;
        void reader.cancel().catch(() => {});
      },
    };
  } catch {
    return undefined;
  }
}

/**
 * On an abort, the undici of Node 20 and 22 fails a body's source and then cancels the body if it can
 * still be read: never the source itself, but a branch of a clone, which fails a moment later. If the
 * other branch was cancelled before, as ours is to let go of the socket, that cancel rejects with the
 * source's error, which undici rethrows where nobody can catch it (`abortFetch` in its
 * `web/fetch/index.js`), and the process dies.
 *
 * So the branch leaves the cancel of an abort to the failure that is on its way, and reads as the bare
 * body does then; and no cancel rejects unless the branch is locked. It is the clone that made the
 * branch: of what bare fetch gave nothing is changed.
 */
function keepCancelQuiet(
  branch: ReadableStream,
  signal: AbortSignal | undefined,
  isWhole: () => boolean,
): void {
  const { cancel } = branch;
  Object.defineProperty(branch, 'cancel', {
    configurable: true,
    writable: true,
    async value(this: ReadableStream, reason?: unknown): Promise<void> {
      if (this.locked) return cancel.call(this, reason);
      const isAbort = signal?.aborted === true && reason === signal.reason;
      if (isAbort && (isWhole() || (await isFailing(this)))) return;
      await cancel.call(this, reason).catch(() => {});
    },
  });
}

/** Microtasks that the failure of a source needs to reach a branch, and to be told of. */
const TURNS = 5;

/** Whether a stream has failed, now or within a few microtasks, for which it is locked. */
async function isFailing(stream: ReadableStream): Promise<boolean> {
  const reader = stream.getReader();
  let failed = false;
  reader.closed.catch(() => {
    failed = true;
  });
  for (let turn = 0; turn < TURNS && !failed; turn++) await undefined;
  reader.releaseLock();
  return failed;
}
