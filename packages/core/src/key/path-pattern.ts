const SLASH = 0x2f;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** The shortest id with letters in it: `7.json`. */
const LEAST_SHORT = 6;
/** The shortest that is known by a part of it. */
const LEAST_LONG = 20;

/*
 * Every look-ahead below stands where a run of letters and digits begins and ends with it, so each
 * pattern is tried in linear time.
 */

/** What ids with a digit look like; a file extension may follow. */
const SHORT_ID = new RegExp(
  `^(?:${[
    // All digits.
    '[0-9]+',
    // 16 or more hexadecimal digits.
    '[0-9a-f]{16,}',
    // `video_68d7a1`: a word or more, then 6 or more letters and digits, of which one is a digit.
    '[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(?=[a-z]*[0-9])[a-z0-9]{6,}',
  ].join('|')})(?:\\.[a-z]{2,5})?$`,
  'i',
);

/** What makes an id of all that stands around it. */
const LONG_ID = new RegExp(
  [
    // A UUID.
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    // 20 or more letters and digits in a row, of which one is a digit: ULIDs, tokens, `file-BK7b…`.
    '(?<![a-z0-9])(?=[a-z]*[0-9])[a-z0-9]{20,}',
  ].join('|'),
  'i',
);

/**
 * Generalises the ids in a path: `/v1/videos/video_68d7a1/content` becomes
 * `/v1/videos/:id/content`. Versions, words, model names and actions behind a colon
 * (`models/gemini-2.0-flash:generateContent`) stay. Takes linear time; doing it twice changes nothing.
 *
 * Ids are what is all digits, a UUID, 16 or more hexadecimal digits, a word with an underscore and 6
 * or more letters and digits, or 20 or more letters and digits in a row. Others stay: short ones
 * (`a1b2c3`), and ones without a digit.
 *
 * @param path without query and fragment
 */
export function generalisePath(path: string): string {
  let pattern = '';
  let copied = 0;
  let start = 0;
  let digits = 0;
  for (let at = 0; at <= path.length; at += 1) {
    const unit = at === path.length ? SLASH : path.charCodeAt(at);
    if (unit >= ZERO && unit <= NINE) digits += 1;
    if (unit !== SLASH && unit !== COLON) continue;
    if (digits > 0 && isId(path, start, at, digits)) {
      pattern += `${path.slice(copied, start)}:id`;
      copied = at;
    }
    start = at + 1;
    digits = 0;
  }
  return copied === 0 ? path : pattern + path.slice(copied);
}

/** Generalises all ids of a path but the first, which names the resource that the others are part of. */
export function generaliseLaterIds(path: string): string {
  const parts = path.split('/');
  const patterns = generalisePath(path).split('/');
  const first = patterns.findIndex((pattern, at) => pattern !== parts[at]);
  return patterns.map((pattern, at) => (at === first ? (parts[at] ?? '') : pattern)).join('/');
}

/** Whether the piece of the path from `start` to `end`, which has some digits, is an id. */
function isId(path: string, start: number, end: number, digits: number): boolean {
  // A number behind a colon is the version of a model: `claude-v2:1`.
  if (digits === end - start) return path.charCodeAt(start - 1) !== COLON;
  const length = end - start;
  if (length < LEAST_SHORT) return false;
  const piece = path.slice(start, end);
  return SHORT_ID.test(piece) || (length >= LEAST_LONG && LONG_ID.test(piece));
}
