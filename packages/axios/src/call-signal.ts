import type { ErrorClasses, SentConfig } from './bare-axios.js';
import type { Transport } from './transport.js';

/** What can abort one call. */
export interface Aborts {
  readonly signal: AbortSignal | undefined;
  /** Lets go of the signal and the token of the caller. */
  release(): void;
  /** What axios gives where a call ended with `error`. */
  toAxios(error: unknown): unknown;
}

/**
 * Makes one signal of `config.signal` and `config.cancelToken`; a plain signal is taken as it is. An
 * abort in a wait rejects as axios does: with the token's reason, or with an error of its own.
 */
export function watchAborts(
  config: SentConfig,
  transport: Transport,
  { CanceledError }: ErrorClasses,
): Aborts {
  const { signal, cancelToken } = config;
  const toAxios = (from: AbortSignal | undefined) => (error: unknown) => {
    if (!from?.aborted || error !== from.reason) return error;
    if (error === cancelToken?.reason) return error;
    return new CanceledError(transport === 'fetch' ? messageOf(error) : null, config);
  };
  if (!cancelToken && (!signal || signal instanceof AbortSignal)) {
    const own = signal || undefined;
    return { signal: own, release: () => {}, toAxios: toAxios(own) };
  }
  const controller = new AbortController();
  const abort = () => controller.abort((signal as Partial<AbortSignal>).reason);
  const cancel = (reason: unknown) => controller.abort(reason);
  signal?.addEventListener?.('abort', abort);
  const token = cancelToken as Partial<Subscribable> | undefined;
  token?.subscribe?.(cancel);
  return {
    signal: controller.signal,
    release() {
      signal?.removeEventListener?.('abort', abort);
      token?.unsubscribe?.(cancel);
    },
    toAxios: toAxios(controller.signal),
  };
}

/** Whether a call is aborted before it has begun. */
export function isAborted({ signal, cancelToken }: SentConfig): boolean {
  return signal?.aborted === true || cancelToken?.reason !== undefined;
}

/** What the fetch adapter says of the reason of an abort; the others say nothing of it. */
function messageOf(reason: unknown): unknown {
  return reason instanceof Error ? reason.message : reason;
}

/** What the types of axios leave out of a token. */
interface Subscribable {
  subscribe(listener: (reason: unknown) => void): void;
  unsubscribe(listener: (reason: unknown) => void): void;
}
