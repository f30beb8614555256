import { explain } from '@forbear/core';
import type { Arguments } from './arguments.js';
import { chooseExamples } from './examples.js';
import { forbearClient } from './forbear-client.js';
import { naiveClient } from './naive-client.js';
import { measure, PRICE_CENTS } from './run.js';
import type { Screen } from './screen.js';
import { layOut } from './table.js';

/** Lets both clients meet the same faults, prints what came of it, and returns the exit code. */
export async function compare(
  { calls, seed, repeatable }: Arguments,
  screen: Screen,
): Promise<number> {
  screen.line(
    `${calls} chat completions at ${PRICE_CENTS} cents each, against a fake flex.ai on a real socket:`,
  );
  screen.line('rate limits, failures after the work, maintenance, broken connections, a stall.');
  screen.line('Both clients make the same calls and meet the same faults, one client at a time.');
  screen.line();
  const naive = await measure({
    calls,
    seed,
    makeClient: naiveClient,
    onSettled: screen.progress('naive retry', calls),
  });
  const forbear = await measure({
    calls,
    seed,
    makeClient: (url, fetch) => forbearClient(url, fetch, repeatable),
    onSettled: screen.progress('Forbear    ', calls),
  });
  screen.line();
  const [head = '', ...rows] = layOut(naive, forbear);
  screen.heading(head);
  for (const row of rows) screen.line(row);
  screen.line();
  screen.line("Measured: the bill is the fake provider's, the rest is seen on the way to it.");
  screen.line(
    'A call is billed when its work is done, whether or not the answer arrives. What is left',
  );
  screen.line(
    'to you is not lost: decide call by call, or say repeatable: true and accept a second bill.',
  );
  screen.line();
  screen.heading('Three of the calls, as Forbear explains them');
  for (const trace of chooseExamples(forbear.traces)) screen.line(`- ${explain(trace)}`);
  if (forbear.billedTwice === 0) return 0;
  screen.line();
  screen.line(`FAILED: through Forbear, ${forbear.billedTwice} calls were billed twice or more.`);
  if (repeatable) screen.line('That is what --repeatable accepts.');
  return 1;
}
