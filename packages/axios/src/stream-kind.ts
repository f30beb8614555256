/** A readable stream of Node, as much of it as is used here. */
export interface NodeStream {
  readonly destroyed: boolean;
  readonly closed: boolean;
  /** Whether any of it was read. */
  readonly readableDidRead: boolean;
  /** Whether somebody reads it; `null`: nobody has said. */
  readonly readableFlowing: boolean | null;
  /** Bytes that have come and are not read. */
  readonly readableLength: number;
  readonly readableObjectMode: boolean;
  /** Of an answer of Node: whether all of it has come. */
  readonly complete?: boolean;
  read(): unknown;
  unshift(chunk: unknown): void;
  on(event: string, listener: (value: never) => void): unknown;
  off(event: string, listener: (value: never) => void): unknown;
  destroy(): unknown;
}

/** Whether it is a stream of Node. */
export function isNodeStream(data: unknown): data is NodeStream {
  if (typeof data !== 'object' || data === null) return false;
  const { read, unshift, on, destroy } = data as Partial<Record<string, unknown>>;
  return [read, unshift, on, destroy].every((each) => typeof each === 'function');
}

/** Whether it is a stream of the web. */
export function isWebStream(data: unknown): data is ReadableStream {
  return typeof (data as Partial<ReadableStream> | null | undefined)?.getReader === 'function';
}
