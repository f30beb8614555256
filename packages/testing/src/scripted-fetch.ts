/** One answer of a scripted fetch: a response, a status, an error to reject with, or a function. */
export type ScriptedAnswer =
  | Response
  | number
  | Error
  | ((request: ScriptedRequest) => Response | Promise<Response>);

/** What a scripted fetch was called with. */
export interface ScriptedRequest {
  readonly input: string | URL | Request;
  readonly init: RequestInit | undefined;
}

/** A fetch that answers by a script and remembers what it was asked. */
export interface ScriptedFetch {
  readonly fetch: typeof fetch;
  /** Every call so far. */
  readonly requests: readonly ScriptedRequest[];
}

/**
 * Makes a fetch without a network. It gives its answers in order and then repeats the last; an
 * aborted signal rejects with its reason, as with a real fetch.
 *
 * @throws {TypeError} if there are no answers
 */
export function scriptedFetch(...answers: readonly ScriptedAnswer[]): ScriptedFetch {
  if (answers.length === 0) throw new TypeError('scriptedFetch got no answers; give at least one');
  const requests: ScriptedRequest[] = [];
  return {
    requests,
    async fetch(input, init) {
      const request = { input, init };
      requests.push(request);
      init?.signal?.throwIfAborted();
      const answer = answers[Math.min(requests.length, answers.length) - 1] as ScriptedAnswer;
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'number') return new Response(null, { status: answer });
      return typeof answer === 'function' ? answer(request) : answer.clone();
    },
  };
}
