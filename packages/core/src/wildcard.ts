/**
 * Whether a text is of a pattern in which each `*` stands for any characters, or none. Upper and lower
 * case are the same. Takes at most the product of both lengths, whatever the text.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  const whole = text.toLowerCase();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return whole.length - at >= last.length && whole.endsWith(last);
}
