import { fingerprintOf } from '@forbear/core';
import { headersOf, type Init, type Input, methodOf, urlOf } from '@forbear/fetch';

/** Names a request by what an SDK sends again when it repeats a call. */
export interface RequestName {
  /** Its method, URL and body. */
  readonly content: string;
  /** Its headers too: equal calls can differ in them, and some SDKs renew a token between attempts. */
  readonly whole: string;
}

/** Headers that differ from one attempt of a call to the next: the SDK's own, and those of tracing. */
const OF_THE_ATTEMPT =
  /^(x-stainless-|x-b3-|b3$|traceparent$|tracestate$|baggage$|sentry-trace$|x-datadog-)/;

/** SDKs write JSON anew for each attempt, but send a form, a file or bytes as the same object. */
const objects = new WeakMap<object, string>();
let named = 0;

/** Names a request; nothing of it can be read from the name. */
export function nameRequest(input: Input, init: Init | undefined): RequestName {
  const content = fingerprintOf(methodOf(input, init), urlOf(input), nameBody(init?.body));
  return { content, whole: fingerprintOf(content, ...nameHeaders(input, init)) };
}

function nameHeaders(input: Input, init: Init | undefined): readonly string[] {
  try {
    return [...new Headers(headersOf(input, init))]
      .filter(([name]) => !OF_THE_ATTEMPT.test(name))
      .map(([name, value]) => `${name}: ${value}`);
  } catch {
    // The bare fetch refuses them, in its own words.
    return [];
  }
}

function nameBody(body: Init['body']): string {
  if (typeof body !== 'object' || body === null) return body ?? '';
  let name = objects.get(body);
  if (name === undefined) {
    name = `object ${++named}`;
    objects.set(body, name);
  }
  return name;
}
