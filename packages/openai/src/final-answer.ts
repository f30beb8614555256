import { rememberShadow, shareTrace } from '@forbear/core';

/**
 * Tells the SDK not to repeat the call of this response: its `headers`, and those of its clones, say
 * `x-should-retry: false`. All else is left as it is. A response that cannot be changed stays unmarked.
 */
export function markFinal(response: Response): void {
  try {
    const { headers, clone } = response;
    const HeadersOfItsMake = headers.constructor as typeof Headers;
    const marked = new HeadersOfItsMake(headers);
    marked.set('x-should-retry', 'false');
    rememberShadow(marked, headers);
    define(response, 'headers', marked);
    define(response, 'clone', function cloneMarked(this: Response): Response {
      const copy = clone.call(this);
      shareTrace(this, copy);
      markFinal(copy);
      return copy;
    });
  } catch {
    // A frozen one of another make: its repetitions are refused when they come.
  }
}

function define(response: Response, name: 'headers' | 'clone', value: unknown): void {
  Object.defineProperty(response, name, { value, configurable: true, writable: true });
}
