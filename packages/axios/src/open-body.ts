import type { OpenBody } from '@forbear/core';
import type { AxiosResponse } from './bare-axios.js';
import { isNodeStream } from './stream-kind.js';

/** The body of an answer that is still coming: where it was asked for as a stream of Node. */
export function openBodyOf({ data }: AxiosResponse): OpenBody | undefined {
  if (!isNodeStream(data) || data.closed) return undefined;
  return {
    get isRead() {
      return data.readableFlowing !== null || data.readableDidRead;
    },
    onOver(listener) {
      data.on('close', listener);
    },
  };
}
