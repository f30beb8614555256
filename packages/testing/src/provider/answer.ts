/** Header names to values; an array sends the header once for each value. Names may have any case. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A whole answer before it is written: its body in the pieces it is written in. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly chunks: readonly string[];
}

/** An answer in one piece; it carries a `content-length`. */
export function answerText(status: number, text: string, headers: AnswerHeaders): Answer {
  const length = { 'content-length': String(Buffer.byteLength(text)) };
  const bare = status === 204 || status === 304;
  return { status, headers: { ...(bare ? {} : length), ...headers }, chunks: bare ? [] : [text] };
}

/** A JSON answer, indented as the provider's page prints it. */
export function answerJson(status: number, body: unknown, headers: AnswerHeaders = {}): Answer {
  return answerText(status, JSON.stringify(body, null, 2), {
    'content-type': 'application/json',
    ...headers,
  });
}

/** The body in two halves: by its pieces when it has several, else by its bytes. */
export function halve(chunks: readonly string[]): readonly [readonly Buffer[], readonly Buffer[]] {
  const pieces = chunks.map((chunk) => Buffer.from(chunk));
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) {
    const middle = Math.floor(only.length / 2);
    return [[only.subarray(0, middle)], [only.subarray(middle)]];
  }
  const middle = Math.floor(pieces.length / 2);
  return [pieces.slice(0, middle), pieces.slice(middle)];
}

/** The same headers with lower-case names; where two have one name, the later one holds. */
export function lowerCased(headers: AnswerHeaders): AnswerHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
