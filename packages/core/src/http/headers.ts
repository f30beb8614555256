import type { HeaderReader, HeaderSource } from '../facts.js';
import { originalOf } from '../shadow.js';

/** No answer has more headers than this; a source that never ends stops here. */
const MOST_NAMES = 1_000;

/**
 * Reads one header from whatever an HTTP library calls headers: the server's own, whatever an adapter
 * of ours has put in their place. Never throws.
 *
 * @param name in lower case
 * @returns its value without surrounding space, several values joined by `, ` (RFC 9110, section
 *   5.3); `''` when it is there and empty; `undefined` when it is absent or cannot be read
 */
export function readHeader(given: HeaderSource | undefined, name: string): string | undefined {
  try {
    if (given === undefined) return undefined;
    const source = originalOf(given);
    return isReader(source) ? toText(source.get(name)) : fromRecord(source, name);
  } catch {
    return undefined;
  }
}

/**
 * Lists the names of the headers, in lower case and each once. Never throws. A reader that only has
 * `get` cannot be listed and gives none.
 */
export function headerNames(source: HeaderSource | undefined): readonly string[] {
  const names = new Set<string>();
  try {
    let seen = 0;
    for (const entry of listed(source)) {
      const name: unknown = Array.isArray(entry) ? entry[0] : entry;
      if (typeof name === 'string') names.add(name.toLowerCase());
      seen += 1;
      if (seen >= MOST_NAMES) break;
    }
  } catch {
    // What was listed until then is what there is.
  }
  return [...names];
}

function isReader(source: HeaderSource): source is HeaderReader {
  return typeof source.get === 'function';
}

function fromRecord(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const exact = Object.hasOwn(record, name) ? toText(record[name]) : undefined;
  if (exact !== undefined) return exact;
  for (const key of Object.keys(record)) {
    if (key === name || key.toLowerCase() !== name) continue;
    const text = toText(record[key]);
    if (text !== undefined) return text;
  }
  return undefined;
}

function toText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return toPlainText(value);
  const texts = value.map(toPlainText).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(', ');
}

function toPlainText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.trim();
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}

/** Names (`Headers` and `Map` have `keys`), or entries (`AxiosHeaders` only iterates). */
function listed(source: HeaderSource | undefined): Iterable<unknown> {
  if (source === undefined) return [];
  if (!isReader(source)) return Object.keys(source);
  const { keys } = source as { keys?: unknown };
  if (typeof keys === 'function') return keys.call(source);
  return Symbol.iterator in source ? (source as Iterable<unknown>) : [];
}
