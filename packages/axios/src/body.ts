import type { SentConfig } from './bare-axios.js';
import { type BodyFactory, makeBody } from './body-factory.js';

/** A body, and its type where that belongs to it. */
export interface BodyParts {
  readonly data: unknown;
  readonly type?: string;
}

/** How the body of a call is sent, the same bytes every time. */
export interface BodyPlan {
  /** Makes what is sent instead of `config.data`; absent: that is sent. */
  readonly make?: (signal: AbortSignal | undefined) => BodyParts | Promise<BodyParts>;
  /** Whether it can be sent again. */
  readonly replayable: boolean;
}

/** `config.data` itself, again and again. */
export const AS_IS: BodyPlan = Object.freeze({ replayable: true });
const ONCE: BodyPlan = Object.freeze({ replayable: false });

/** Plans how a body is sent, which axios has transformed already; a plain one costs nothing. */
export function planBody({ data, headers }: SentConfig, factory?: BodyFactory): BodyPlan {
  if (factory !== undefined) {
    return {
      replayable: true,
      make: async (signal) => ({ data: await makeBody(factory, signal) }),
    };
  }
  if (typeof data !== 'object' || data === null) return AS_IS;
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
    const parts = { data: copyBytes(data) };
    return { replayable: true, make: () => parts };
  }
  if (isForm(data) && !/boundary=/i.test(String(headers.get('Content-Type')))) {
    return writeOnce(data);
  }
  return isStream(data) ? ONCE : AS_IS;
}

/** A form of the platform; React Native has one of another kind, which its transport alone can send. */
function isForm(data: object): data is FormData {
  return (
    typeof FormData === 'function' &&
    data instanceof FormData &&
    Symbol.iterator in data &&
    typeof Response === 'function'
  );
}

/** Adapters draw a boundary each time, so a form is written before, and once for all attempts. */
function writeOnce(form: FormData): BodyPlan {
  let written: Promise<BodyParts> | undefined;
  return {
    replayable: true,
    make() {
      written ??= writeForm(form);
      return written;
    },
  };
}

async function writeForm(form: FormData): Promise<BodyParts> {
  const written = new Response(form);
  const type = written.headers.get('content-type') ?? 'multipart/form-data';
  return { type, data: await written.arrayBuffer() };
}

/** Of the same class, since the adapter of Node takes a `Buffer` and no other view. */
function copyBytes(data: ArrayBuffer | ArrayBufferView): unknown {
  if (data instanceof ArrayBuffer) return data.slice(0);
  return data instanceof Uint8Array ? Uint8Array.prototype.slice.call(data) : data;
}

/** A stream of Node or of the web; what the package form-data makes is one of the old kind. */
function isStream(data: object): boolean {
  return 'pipe' in data || 'getReader' in data || Symbol.asyncIterator in data;
}
