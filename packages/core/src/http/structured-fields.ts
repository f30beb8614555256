import { isInnerList, parseDictionary, parseList } from 'structured-headers';

/** An item of a structured field (RFC 9651, section 3.3): a String is a `string`, a Token is not. */
export interface FieldItem {
  readonly value: unknown;
  readonly parameters: ReadonlyMap<string, unknown>;
}

/**
 * Reads a List (RFC 9651, section 3.1) whose members are all items.
 *
 * @returns `undefined` when the field is malformed anywhere, or holds an inner list
 */
export function parseItemList(text: string): readonly FieldItem[] | undefined {
  try {
    const items: FieldItem[] = [];
    for (const member of parseList(text)) {
      if (isInnerList(member)) return undefined;
      items.push({ value: member[0], parameters: member[1] });
    }
    return items;
  } catch {
    return undefined;
  }
}

/**
 * Reads the values of a Dictionary (RFC 9651, section 3.2) by key, without their parameters.
 *
 * @returns `undefined` when the field is malformed anywhere
 */
export function parseItemDictionary(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    return new Map([...parseDictionary(text)].map(([key, [value]]) => [key, value]));
  } catch {
    return undefined;
  }
}

/** The value as an Integer that is not negative; `undefined` for every other kind. */
export function toCount(value: unknown): number | undefined {
  // Adding 0 turns -0 into 0.
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value + 0 : undefined;
}
