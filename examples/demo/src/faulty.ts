import { explain } from '@forbear/core';
import type { Arguments } from './arguments.js';
import type { MakeClient } from './client.js';
import { chooseExamples } from './examples.js';
import { forbearClient } from './forbear-client.js';
import { naiveClient } from './naive-client.js';
import { measure, PRICE_CENTS, type Report } from './run.js';
import { BURST, faultyScene, type Scene, sdkScene } from './scene.js';
import type { Screen } from './screen.js';
import { bareSdkClient, forbearSdkClient } from './sdk-clients.js';
import { BURST_ROWS, FAULTY_ROWS, layOut, type Row, SDK_ROWS } from './table.js';

const CLIENTS = ['naive retry', 'Forbear'] as const;
const SDKS = ['bare SDK', 'with Forbear'] as const;

/** Lets both clients meet the same, prints what came of it, and returns the exit code. */
export async function compare(
  { calls, seed, repeatable }: Arguments,
  screen: Screen,
): Promise<number> {
  const withForbear =
    (make: typeof forbearClient): MakeClient =>
    (connection) =>
      make(connection, repeatable);
  screen.line(
    `${calls} chat completions at ${PRICE_CENTS} cents each, against a fake flex.ai on a real socket:`,
  );
  screen.line('rate limits, failures after the work, maintenance, broken connections, a stall.');
  screen.line('Both clients make the same calls and meet the same faults, one client at a time.');
  screen.line();
  const faults = await playFaults(faultyScene(calls, seed), withForbear(forbearClient), screen);
  showTable(FAULTY_ROWS, CLIENTS, faults, screen);
  screen.line("Measured: the bill is the fake provider's, the rest is seen on the way to it.");
  screen.line(
    'A call is billed when its work is done, whether or not the answer arrives. What is left',
  );
  screen.line(
    'to you is not lost: decide call by call, or say repeatable: true and accept a second bill.',
  );
  screen.line();
  screen.heading('Three of the calls, as Forbear explains them');
  for (const trace of chooseExamples(faults.forbear.traces)) screen.line(`- ${explain(trace)}`);
  screen.line();
  screen.line(
    `Then ${BURST.calls} completions at once, of a key that may make ${BURST.rateLimit.limit} a second:`,
  );
  screen.line();
  const burst = await playAtOnce(BURST, naiveClient, withForbear(forbearClient), screen);
  showTable(BURST_ROWS, CLIENTS, burst, screen);
  screen.line(
    `And ${calls} completions by the OpenAI SDK with its own settings, bare and with Forbear's fetch, into`,
  );
  screen.line('the same faults without the stall:');
  screen.line();
  const scene = sdkScene(calls, seed);
  const sdks = await playAtOnce(scene, bareSdkClient, withForbear(forbearSdkClient), screen);
  showTable(SDK_ROWS, SDKS, sdks, screen);
  const billedTwice = faults.forbear.billedTwice + sdks.forbear.billedTwice;
  if (billedTwice === 0) return 0;
  screen.line(`FAILED: through Forbear, ${billedTwice} calls were billed twice or more.`);
  if (repeatable) screen.line('That is what --repeatable accepts.');
  return 1;
}

interface Played {
  /** Of the client without Forbear. */
  readonly naive: Report;
  readonly forbear: Report;
}

/** Puts one client after the other through calls into faults. */
async function playFaults(scene: Scene, makeForbear: MakeClient, screen: Screen): Promise<Played> {
  const naive = await measure({
    scene,
    makeClient: naiveClient,
    onSettled: screen.progress('naive retry', scene.calls),
  });
  const forbear = await measure({
    scene,
    makeClient: makeForbear,
    onSettled: screen.progress('Forbear    ', scene.calls),
  });
  return { naive, forbear };
}

/** Puts both clients through a scene at the same time, each at a provider of its own, since it is long. */
async function playAtOnce(
  scene: Scene,
  makeNaive: MakeClient,
  makeForbear: MakeClient,
  screen: Screen,
): Promise<Played> {
  const show = screen.progress('both clients', 2 * scene.calls);
  let settled = 0;
  const onSettled = () => show(++settled);
  const [naive, forbear] = await Promise.all([
    measure({ scene, makeClient: makeNaive, onSettled }),
    measure({ scene, makeClient: makeForbear, onSettled }),
  ]);
  return { naive, forbear };
}

function showTable(
  rows: readonly Row[],
  names: readonly [string, string],
  { naive, forbear }: Played,
  screen: Screen,
): void {
  screen.line();
  const [head = '', ...lines] = layOut(rows, names, [naive, forbear]);
  screen.heading(head);
  for (const line of lines) screen.line(line);
  screen.line();
}
