import { bytesOf, latin1 } from './body-bytes.js';

/** How much of a body is looked at, in bytes or UTF-16 units. */
const MOST_READ = 16 * 1_024;
/** Decoding costs more than looking, and most bodies name their model at once. */
const BYTES_READ = [64, 1_024, MOST_READ];
/** The longest model name, in UTF-16 units as it stands in the body. */
const MOST_NAME = 200;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** White space of JSON and a colon, then the quote of a text or whatever else is the value. */
const TO_VALUE = /[ \t\n\r]*:[ \t\n\r]*/y;
/** White space, or the mark of UTF-8 as text or as Latin-1, before an object. */
const TO_OBJECT = /^(?:\ufeff|\u00ef\u00bb\u00bf)?[ \t\n\r]*\{/;

/**
 * Finds the model that a JSON body asks for by a look at its first 16 KiB: the first member `model`
 * of the outermost object, if it is a text of 1 to 200 characters. Never throws.
 *
 * Bytes are read as Latin-1, which is right for the ASCII that model names are made of. A model that
 * is named later, in a stream, in a form, or by an escaped name (`"mod\u0065l"`) is not found.
 *
 * @param body a string, an `ArrayBuffer` or a view of one; anything else has no model
 */
export function readModel(body: unknown): string | undefined {
  try {
    if (typeof body === 'string') return findModel(body.slice(0, MOST_READ));
    const bytes = bytesOf(body);
    if (bytes === undefined) return undefined;
    for (const most of BYTES_READ) {
      const model = findModel(latin1(bytes, most));
      if (model !== undefined || bytes.length <= most) return model;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** Walks over the text once; what stands in quotes is stepped over, so nothing in it can match. */
function findModel(text: string): string | undefined {
  const start = TO_OBJECT.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  let depth = 1;
  for (let at = start; at < text.length && depth > 0; at += 1) {
    switch (text.charCodeAt(at)) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case QUOTE: {
        const end = closingQuote(text, at + 1);
        if (end < 0) return undefined;
        if (depth === 1 && end === at + 6 && text.startsWith('model', at + 1)) {
          TO_VALUE.lastIndex = end + 1;
          if (TO_VALUE.test(text)) return textAt(text, TO_VALUE.lastIndex);
        }
        at = end;
      }
    }
  }
  return undefined;
}

/** The JSON text that begins at `at`, if one does and its length is that of a name. */
function textAt(text: string, at: number): string | undefined {
  if (text[at] !== '"') return undefined;
  const end = closingQuote(text, at + 1);
  if (end < at + 2 || end > at + 1 + MOST_NAME) return undefined;
  const name = text.slice(at + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}

/** Where the text ends that begins at `start`: at a quote after an even number of backslashes. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (end - slashes > start && text[end - slashes - 1] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}
