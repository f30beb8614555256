/**
 * Puts the length of a text before it, as netstrings do: however framed texts are put one behind the
 * other and whatever they hold, two different lists never give the same text.
 */
export function frame(text: string): string {
  return `${text.length}:${text}`;
}
