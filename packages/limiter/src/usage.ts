import type { Tokens } from './token-estimate.js';

/** Where answers have their usage: at the top, or in what a client or an event wraps around it. */
const WRAPPERS = ['data', 'response', 'message', 'body'] as const;
const INPUT = ['prompt_tokens', 'input_tokens', 'promptTokenCount', 'inputTokens'] as const;
const OUTPUT = [
  'completion_tokens',
  'output_tokens',
  'candidatesTokenCount',
  'outputTokens',
] as const;
/** Anthropic counts these beside its input. */
const MORE_INPUT = ['cache_creation_input_tokens'] as const;
/** Gemini counts these beside its output. */
const MORE_OUTPUT = ['thoughtsTokenCount'] as const;

/** More than any call takes: who says so does not count tokens. */
const MOST_TOKENS = 1e9;

/** The tokens that an answer says it used; `undefined`: it does not say. It never throws. */
export function readUsage(answer: unknown): Tokens | undefined {
  try {
    const found = usageIn(answer);
    if (found === undefined) return undefined;
    const input = countIn(found, INPUT);
    const output = countIn(found, OUTPUT);
    if (input === undefined && output === undefined) return undefined;
    return {
      input: (input ?? 0) + (countIn(found, MORE_INPUT) ?? 0),
      output: (output ?? 0) + (countIn(found, MORE_OUTPUT) ?? 0),
    };
  } catch {
    return undefined;
  }
}

function usageIn(answer: unknown): Record<string, unknown> | undefined {
  const top = recordOf(answer);
  if (top === undefined) return undefined;
  for (const each of [top, ...WRAPPERS.map((name) => recordOf(top[name]))]) {
    const usage = recordOf(each?.usage) ?? recordOf(each?.usageMetadata);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

function countIn(usage: Record<string, unknown>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = usage[name];
    if (typeof count === 'number' && count >= 0 && count <= MOST_TOKENS) return count;
  }
  return undefined;
}
