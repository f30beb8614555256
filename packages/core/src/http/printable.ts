/** What breaks lines. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
/** What a terminal obeys, or what turns the direction of the text around it. */
const CONTROLS = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes a text from outside fit for one line of a log: line breaks become spaces, other control
 * characters go, and it is cut to `most` UTF-16 units.
 */
export function toPrintable(text: string, most: number): string {
  // Cut first, roughly, so that a huge text costs little.
  const clean = text
    .slice(0, most * 4)
    .replace(BREAKS, ' ')
    .replace(CONTROLS, '')
    .trim();
  const cut = clean.slice(0, most);
  return isHalf(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut;
}

/** Whether a unit is the first half of a character that the cut has split. */
function isHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
