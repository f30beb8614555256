import type { AdapterUnderTest } from './adapter.js';
import type { Rig, RigOptions } from './rig.js';
import { RunningRig } from './running-rig.js';

export type SetUp = (options?: RigOptions) => Promise<Rig>;

/** Runs a test with rigs of its own, asserts that each of their calls settled once, and ends them. */
export async function inRigs(
  adapters: readonly AdapterUnderTest[],
  body: (setUp: SetUp) => Promise<void>,
): Promise<void> {
  const rigs: RunningRig[] = [];
  try {
    await body(async (options = {}) => {
      const rig = new RunningRig(options);
      rigs.push(rig);
      await rig.start(adapters);
      return rig;
    });
    for (const rig of rigs) rig.assertSettledOnce();
  } finally {
    for (const rig of rigs) await rig.close();
  }
}
