import type { AxiosResponse } from './bare-axios.js';

/** UTF-16 units of an answer that is parsed. */
const MOST_READ = 64 * 1024;

/**
 * Reads the JSON of a small answer for a limiter that counts tokens. What is not text by now, such as a
 * stream, is left alone.
 *
 * @returns what the body holds; `undefined` where it cannot be read
 */
export function readAnswer({ data }: AxiosResponse): unknown {
  if (typeof data !== 'string' || data.length > MOST_READ) return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
