import type { Attempt, Clock } from '@forbear/core';
import { type BodyFactory, makeBody } from './body-factory.js';
import { writeForm } from './form.js';
import { readCopy } from './request-copy.js';
import { type Init, type Input, requestOf } from './request-parts.js';

/** How the body of a call is sent, the same bytes every time. */
export interface BodyPlan {
  /**
   * What to change in `init` for an attempt; `undefined`: nothing. `atOnce`: the attempt is made within
   * the call, so nobody can have changed what was given.
   */
  readonly patch?: (
    attempt: Attempt,
    atOnce: boolean,
  ) => Partial<Init> | Promise<Partial<Init>> | undefined;
  /** Whether the body can be sent again; absent: it can. */
  readonly replayable?: () => boolean | Promise<boolean>;
}

const AS_IS: BodyPlan = Object.freeze({});
const ONCE: BodyPlan = Object.freeze({ replayable: () => false });

/** Plans how a body is sent so that every attempt has the same bytes; a plain one costs nothing. */
export function planBody(
  input: Input,
  init: Init | undefined,
  factory: BodyFactory | undefined,
  maxReplayBytes: number,
  clock: Clock,
): BodyPlan {
  if (factory !== undefined) return { patch: ({ signal }) => makeBody(factory, signal) };
  const body = init?.body;
  if (body === undefined || body === null) {
    const request = requestOf(input);
    return request?.body ? fromRequest(request, maxReplayBytes, clock) : AS_IS;
  }
  if (typeof body !== 'object' || body instanceof Blob) return AS_IS;
  if (body instanceof URLSearchParams) return fromCopy(new URLSearchParams(body));
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return fromCopy(copyBytes(body));
  return body instanceof FormData ? fromForm(body) : ONCE;
}

/** An attempt that is made at once sends what was given, and later ones the copy. */
function fromCopy(body: URLSearchParams | Uint8Array<ArrayBuffer>): BodyPlan {
  return { patch: (_, atOnce) => (atOnce ? undefined : { body }) };
}

function copyBytes(body: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body);
  return new Uint8Array(bytes);
}

function fromForm(form: FormData): BodyPlan {
  const body = writeForm(form);
  if (body === undefined) return ONCE;
  const parts = { body };
  return { patch: () => parts };
}

/** A `Request` is used by the first attempt, as with bare fetch; a copy is read beside it. */
function fromRequest(request: Request, maxReplayBytes: number, clock: Clock): BodyPlan {
  // Bare fetch refuses it, in its own words.
  if (request.bodyUsed || request.body?.locked) return ONCE;
  const copy = readCopy(request, maxReplayBytes, clock);
  return {
    replayable: async () => (await copy()) !== undefined,
    patch: ({ number }) =>
      number === 1 ? undefined : copy().then((body) => (body === undefined ? {} : { body })),
  };
}
