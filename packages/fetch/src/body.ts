import type { Clock } from '@forbear/core';
import { readCopy } from './request-copy.js';
import { type Body, headersOf, type Init, type Input } from './request-parts.js';

/** Makes the body anew for every attempt. */
export type BodyFactory = () => Body | null | Promise<Body | null>;

/** How the body of a call is sent, the same bytes every time. */
export interface BodyPlan {
  /** What to change in `init` for an attempt, by its number; `undefined`: nothing. */
  readonly patch?: (attempt: number) => Partial<Init> | Promise<Partial<Init>> | undefined;
  /** Whether the body can be sent again; absent: it can. */
  readonly replayable?: () => boolean | Promise<boolean>;
}

const AS_IS: BodyPlan = {};
const ONCE: BodyPlan = { replayable: () => false };

/** Plans how a body is sent so that every attempt has the same bytes; a plain one costs nothing. */
export function planBody(
  input: Input,
  init: Init | undefined,
  factory: BodyFactory | undefined,
  maxReplayBytes: number,
  clock: Clock,
): BodyPlan {
  if (factory !== undefined) return fromFactory(factory);
  const body = init?.body;
  if (body === undefined || body === null) {
    return typeof input === 'object' && 'body' in input && input.body
      ? fromRequest(input, maxReplayBytes, clock)
      : AS_IS;
  }
  if (typeof body !== 'object' || body instanceof Blob) return AS_IS;
  if (body instanceof URLSearchParams) return again(new URLSearchParams(body));
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return body.byteLength > maxReplayBytes ? ONCE : again(copyBytes(body));
  }
  if (body instanceof FormData && sizeOf(body) <= maxReplayBytes)
    return fromForm(body, headersOf(input, init));
  return ONCE;
}

/** The first attempt sends what was given; later ones the copy that was made before. */
function again(body: Body): BodyPlan {
  return { patch: (attempt) => (attempt === 1 ? undefined : { body }) };
}

function copyBytes(body: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body);
  return new Uint8Array(bytes);
}

function fromFactory(factory: BodyFactory): BodyPlan {
  return {
    async patch() {
      const body = await factory();
      return body instanceof ReadableStream ? { body, duplex: 'half' } : { body };
    },
  };
}

/** Each serialization of a form draws a new boundary, so it is serialized once for all attempts. */
function fromForm(form: FormData, given: Init['headers']): BodyPlan {
  const serialized = new Response(form);
  const patch = serialized.arrayBuffer().then((body) => {
    const headers = new Headers(given);
    const type = serialized.headers.get('content-type');
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
    return { body, headers };
  });
  patch.catch(() => {});
  return { patch: () => patch };
}

function sizeOf(form: FormData): number {
  let bytes = 0;
  for (const [, value] of form) bytes += typeof value === 'string' ? value.length : value.size;
  return bytes;
}

/** A `Request` is used by the first attempt, as with bare fetch; a copy is read beside it. */
function fromRequest(request: Request, maxReplayBytes: number, clock: Clock): BodyPlan {
  // Bare fetch refuses it, in its own words.
  if (request.bodyUsed || request.body?.locked) return ONCE;
  const copy = readCopy(request, maxReplayBytes, clock);
  return {
    replayable: async () => (await copy()) !== undefined,
    patch: (attempt) =>
      attempt === 1 ? undefined : copy().then((body) => (body === undefined ? {} : { body })),
  };
}
