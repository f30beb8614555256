/** One thing that is wrong with given options. */
export interface OptionProblem {
  /** The path of the option, such as `backoff.jitter`. */
  readonly option: string;
  /** The given value, shortened. */
  readonly value: string;
  /** What to give instead. */
  readonly remedy: string;
}

/** Options were given that cannot be meant. All problems are listed at once, in `problems`. */
export class InvalidOptionsError extends TypeError {
  override readonly name = 'InvalidOptionsError';
  readonly problems: readonly OptionProblem[];

  constructor(where: string, problems: readonly OptionProblem[]) {
    const lines = problems.map((each) => `  ${each.option}: got ${each.value}; ${each.remedy}`);
    super(`${where} got ${problems.length} bad option(s):\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** Checks one value: the problems that it has at `path`, none if it is good. */
export type Check = (value: unknown, path: string) => readonly OptionProblem[];

/** The checks of an options object, by option. */
export type Checks = Readonly<Record<string, Check>>;

const MAX_SHOWN = 60;
const NONE: readonly OptionProblem[] = [];

/** A problem with `value` at `path`; what a value looks like is cut short, and strings are quoted. */
export function problem(path: string, value: unknown, remedy: string): OptionProblem {
  return { option: path, value: show(value), remedy };
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'an array' : 'an object';
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** A check that takes what `test` accepts; `undefined` always counts as not given. */
export function check(test: (value: unknown) => boolean, remedy: string): Check {
  return (value, path) =>
    value === undefined || test(value) ? NONE : [problem(path, value, remedy)];
}

/** Milliseconds: a finite number, `least` or more. */
export function durationMs(least = 0): Check {
  return check(
    (value) => typeof value === 'number' && Number.isFinite(value) && value >= least,
    `give milliseconds, a finite number of ${least} or more`,
  );
}

/** One of some words. */
export function oneOf(...words: readonly string[]): Check {
  return check(
    (value) => typeof value === 'string' && words.includes(value),
    `give ${words.map((word) => `'${word}'`).join(', ')}`,
  );
}

export const booleanOption: Check = check(
  (value) => typeof value === 'boolean',
  'give true or false',
);

export const functionOption: Check = check(
  (value) => typeof value === 'function',
  'give a function',
);

/** An object with these options and no others; a misspelt one is told its likely name. */
export function record(checks: Checks): Check {
  return (value, path) => {
    if (value === undefined) return NONE;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [problem(path || 'options', value, 'give an object')];
    }
    const prefix = path === '' ? '' : `${path}.`;
    let problems = NONE;
    for (const name of Object.keys(value)) {
      const each = (value as Readonly<Record<string, unknown>>)[name];
      const known = Object.hasOwn(checks, name) ? checks[name] : undefined;
      const found = known?.(each, prefix + name) ?? [
        unknownOption(prefix + name, name, each, checks),
      ];
      if (found.length > 0) problems = [...problems, ...found];
    }
    return problems;
  };
}

/** Nobody knows what an unknown option is for, so its text may be a secret and is not shown. */
function unknownOption(path: string, name: string, value: unknown, checks: Checks): OptionProblem {
  const { remedy, ...shown } = problem(path, value, unknown(name, checks));
  return { ...shown, ...(typeof value === 'string' && { value: 'a text' }), remedy };
}

function unknown(name: string, checks: Checks): string {
  const plain = (text: string) => text.toLowerCase().replace(/ms$|[^a-z]/g, '');
  const asked = plain(name);
  const near = Object.keys(checks).find((each) => {
    const known = plain(each);
    return (
      known.includes(asked) || asked.includes(known) || known.slice(0, 6) === asked.slice(0, 6)
    );
  });
  if (asked !== '' && near !== undefined) return `there is no such option; did you mean ${near}?`;
  return `there is no such option; there are ${Object.keys(checks).join(', ')}`;
}

/**
 * Throws one error with every problem of `value`.
 *
 * @throws {InvalidOptionsError} if there is any
 */
export function assertOptions(where: string, value: unknown, checks: Checks): void {
  const problems = record(checks)(value, '');
  if (problems.length > 0) throw new InvalidOptionsError(where, problems);
}
