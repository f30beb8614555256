/** Members of one array that are looked at. */
const MOST_MEMBERS = 16;

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object and no array. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The values at a place of a parsed JSON text, such as `error.details[].reason`; `[]` stands for each
 * member of an array. Only what the text itself has is found, nothing that objects inherit.
 */
export function valuesAt(root: unknown, place: string): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const part of place.split('.')) {
    const isArray = part.endsWith('[]');
    const name = isArray ? part.slice(0, -2) : part;
    values = values.flatMap((value) => {
      if (!isRecord(value) || !Object.hasOwn(value, name)) return [];
      const found = value[name];
      if (!isArray) return [found];
      return Array.isArray(found) ? found.slice(0, MOST_MEMBERS) : [];
    });
    if (values.length === 0) break;
    values = values.slice(0, MOST_MEMBERS);
  }
  return values;
}

/** `undefined` for what is no JSON, or is cut off. A byte order mark before it is passed over. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
