import { parseArgs } from 'node:util';

/** What the demo was asked to do. */
export interface Arguments {
  readonly help: boolean;
  readonly live: boolean;
  readonly repeatable: boolean;
  readonly calls: number;
  readonly seed: number;
}

export const HELP = `Usage: npx -y pnpm@12 demo [options]

  --calls <n>    chat completions for each client, from 1 to 10000 (200)
  --seed <n>     which calls meet which faults (1)
  --repeatable   lets Forbear repeat what may have been billed, to see what that costs
  --live         three small completions at a real API: set FLEXAI_API_KEY or OPENAI_API_KEY,
                 and FORBEAR_MODEL and FORBEAR_BASE_URL to choose others than the usual
  --help         this text`;

/** @throws {TypeError} that says which argument cannot be meant */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    // pnpm passes a separating -- on.
    args: args.filter((each) => each !== '--'),
    options: {
      help: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
      repeatable: { type: 'boolean', default: false },
      calls: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const { help, live, repeatable } = values;
  return {
    help,
    live,
    repeatable,
    calls: wholeNumber('--calls', values.calls, 1, 10_000),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 31),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`${name} ${text}: give a whole number from ${least} to ${most}`);
}
