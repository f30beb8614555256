/** A text between quotes that is at least so long and looks like base64 is a picture or another file. */
const LEAST_FILE = 512;
/** How much of it is looked at, behind what a data URL begins with. */
const LOOKED_AT = 256;
const FILE_START = /^(?:data:[\w.+/;=-]{0,100};base64,)?[A-Za-z0-9+/_-]{64,}={0,2}$/;

/** How long a text of JSON is. */
export interface TextSize {
  /** In UTF-8, without its files. */
  readonly bytes: number;
  /** How many files stand in it as base64: of Anthropic, Gemini and OpenAI, and as data URLs. */
  readonly files: number;
}

/** Measures a text in one pass over its quotes, so that a file costs no more than its length. */
export function measureText(text: string): TextSize {
  let bytes = 0;
  let files = 0;
  let counted = 0;
  let quote = text.indexOf('"');
  while (quote >= 0) {
    const end = text.indexOf('"', quote + 1);
    if (end < 0) break;
    if (isFile(text, quote + 1, end)) {
      files++;
      bytes += bytesIn(text, counted, quote + 1);
      counted = end;
    }
    quote = end;
  }
  return { bytes: bytes + bytesIn(text, counted, text.length), files };
}

function isFile(text: string, start: number, end: number): boolean {
  return (
    end - start >= LEAST_FILE &&
    FILE_START.test(text.slice(start, Math.min(end, start + LOOKED_AT)))
  );
}

/** How many bytes a part of a text has in UTF-8. */
function bytesIn(text: string, start: number, end: number): number {
  let bytes = end - start;
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Two surrogates are four bytes together.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
