import { decide, type ProfileRule, type ProviderLimit, type ProviderProfile } from '@forbear/core';
import { factsOf, PROFILES, vectorsOf } from '../packages/providers/src/vectors.test.support.js';

const SCOPES: Readonly<Record<ProviderProfile['limitScope'], string>> = {
  credential: 'each credential',
  'credential+model': 'each credential and model',
  organisation: 'each organisation',
  'organisation+model': 'each organisation and model',
  endpoint: 'each credential and endpoint',
  resource: 'each credential, endpoint and first id in the path',
};

const RESETS: Readonly<Record<NonNullable<ProviderLimit['reset']>, string>> = {
  duration: 'a duration',
  seconds: 'seconds',
  'unix-seconds': 'Unix seconds',
  'unix-ms': 'Unix milliseconds',
  timestamp: 'a timestamp',
};

const BILLED = { none: 'no', unknown: 'perhaps', done: 'yes' } as const;

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
const list = (texts: readonly string[]) => texts.map(code).join(', ');

/** As the formatter writes it: each column as wide as its widest cell. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((_, at) =>
    Math.max(3, ...[columns, ...rows].map((cells) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

/** The table of the profiles, for the first page of the package. */
export function summaryTable(): string {
  const rows = Object.entries(PROFILES).map(([name, { name: title, limitScope, ...profile }]) => [
    code(name),
    title,
    SCOPES[limitScope],
    profile.idempotencyKeys === undefined ? 'none' : 'honoured',
  ]);
  return table(['export', 'API', 'a limit counts', 'idempotency key'], rows);
}

/** The page of what every provider means, as the code has it. */
export function providersPage(): string {
  const parts = Object.entries(PROFILES).map(([name, profile]) => sectionOf(name, profile));
  return `# What each provider means by its answers

Written by \`test/provider-page.test.ts\` from the profiles and their vectors, and compared with them: what is done is what \`decide\` does with the vector of each line. A cell is empty where nobody says. What no line names goes by the [rules for every API](../core/README.md#without-a-profile). _Billed_ says whether the failed attempt may have been billed; _again_ that it is repeated after the told wait or a backoff, and _stops_ that it is handed to the caller.

${parts.join('\n')}`;
}

function sectionOf(name: string, profile: ProviderProfile): string {
  const { limits = [], hosts, sources } = profile;
  const about = [
    `\`import { ${name} } from '@forbear/providers'\`. On ${list(hosts)}.`,
    `A limit counts ${SCOPES[profile.limitScope]} by itself.`,
    keysOf(profile),
    ...adviceOf(profile),
    ...(profile.credentials ? [`Its credential may be in ${list(profile.credentials)}.`] : []),
    ...(profile.codeIn ? [`Its answers name their errors in ${code(profile.codeIn)} too.`] : []),
    ...(profile.streamErrors
      ? [`Errors in a stream are the events ${list(profile.streamErrors)}.`]
      : []),
  ];
  const told = limits.length === 0 ? [] : ['', table(LIMIT_COLUMNS, limits.map(limitRow))];
  return [
    `## ${profile.name}`,
    '',
    about.join(' '),
    ...told,
    '',
    table(RULE_COLUMNS, ruleRows(name, profile)),
    '',
    `Sources: ${sources.map((source) => `<${source}>`).join(', ')}.`,
    '',
  ].join('\n');
}

function keysOf({ idempotencyKeys: keys }: ProviderProfile): string {
  if (keys === undefined) return 'It honours no idempotency key.';
  const { methods, paths, header = 'idempotency-key', keptMs } = keys;
  const where = paths === undefined ? '' : ` on ${list(paths)}`;
  return `It honours ${code(header)} of ${list(methods)}${where} for ${span(keptMs)}.`;
}

function adviceOf({ inFlightShare: share }: ProviderProfile): readonly string[] {
  if (share === undefined) return [];
  const part = Math.round(1 / share);
  return [`It advises to have 1 call under way for each ${part} requests per minute.`];
}

const LIMIT_COLUMNS = ['limit', 'counts', 'allows', 'window', 'headers', 'reset'];

function limitRow({ name, unit, amount, windowMs, shape, headers, reset }: ProviderLimit) {
  const meaning = shape === 'full' ? ', when it is full again' : '';
  return [
    code(name),
    unit,
    amount === undefined ? '' : String(amount),
    windowMs === undefined ? '' : span(windowMs),
    headers === undefined ? 'none' : code(headers),
    reset === undefined ? '' : `${RESETS[reset]}${meaning}`,
  ];
}

const RULE_COLUMNS = ['answer', 'what it means', 'kind', 'billed', 'GET', 'POST'];

function ruleRows(name: string, profile: ProviderProfile): readonly (readonly string[])[] {
  const vectors = vectorsOf(name).filter(({ stream }) => stream === undefined);
  return profile.rules.map((rule) => {
    const facts = vectors
      .map(factsOf)
      .find((each) => becauseOf(decide(each, { provider: profile })) === rule.because);
    const does = (method: string) =>
      actionOf(decide({ ...facts, method }, { provider: profile, maxRetryAfterMs: 1e15 }));
    return [
      whenOf(rule),
      rule.because,
      rule.kind,
      BILLED[rule.effect ?? 'none'],
      does('GET'),
      does('POST'),
    ];
  });
}

function whenOf({ status, ...rule }: ProfileRule): string {
  const needs = [
    ...(rule.code ? [list(rule.code)] : []),
    ...Object.entries(rule.headers ?? {}).map(([header, value]) => code(`${header}: ${value}`)),
    ...(rule.message ? [`a message like ${code(rule.message.source)}`] : []),
    ...(rule.envelope && !rule.code ? ['its own error body'] : []),
    ...(rule.keyed ? ['an idempotency key'] : []),
  ];
  const statuses = [status].flat().join(', ');
  return needs.length === 0 ? statuses : `${statuses} with ${needs.join(' and ')}`;
}

type Decided = ReturnType<typeof decide>;

function becauseOf(decision: Decided): string | undefined {
  return decision.action === 'succeed' ? undefined : decision.failure.because;
}

function actionOf(decision: Decided): string {
  if (decision.action === 'retry') return 'again';
  if (decision.action === 'succeed') return 'taken';
  return decision.failure.kind === 'quota-exhausted' ? 'stops, as do its siblings' : 'stops';
}

const SPANS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

function span(ms: number): string {
  const [unit, unitMs] = SPANS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  const amount = ms / unitMs;
  return `${amount} ${unit}${amount === 1 || unit === 'ms' ? '' : 's'}`;
}
