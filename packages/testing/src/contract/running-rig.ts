import assert from 'node:assert/strict';
import { definePolicy, type Policy, type Trace } from '@forbear/core';
import { driveClock } from '../clock-driver.js';
import { FakeClock } from '../fake-clock.js';
import type { FakeProvider } from '../provider/fake-provider.js';
import { fakeProvider } from '../provider/start-fake-provider.js';
import type { AdapterUnderTest, ContractClient } from './adapter.js';
import { type CallWatch, watchCalls } from './call-watch.js';
import { answerIn, type Called, type Ended } from './called.js';
import { fakeProfile } from './fake-profile.js';
import { fillCall, type GivenCall } from './given-call.js';
import type { Rig, RigOptions } from './rig.js';
import { onStandstill } from './standstill.js';

/** A call that has not settled by then never will: no test waits for as long. */
const NEVER_MS = 48 * 3_600_000;

let calls = 0;

/** An adapter with a client of its own, through which a call goes. */
interface Connected {
  readonly adapter: AdapterUnderTest;
  readonly client: ContractClient;
  readonly bare: ContractClient;
}

export class RunningRig implements Rig {
  readonly clock = new FakeClock();
  readonly policy: Policy;
  readonly #options: RigOptions;
  readonly #watch: CallWatch;
  readonly #ends: (() => unknown)[] = [];
  /** How often each call was told to have settled. */
  readonly #settled = new Map<string, number>();
  readonly #connected: Connected[] = [];
  #provider: FakeProvider | undefined;
  /** What fails the calls that are under way. */
  readonly #pending = new Set<(error: Error) => void>();

  constructor(options: RigOptions) {
    const { server: _, maxSockets: __, silent: ___, ...policyOptions } = options;
    this.#options = options;
    this.policy = definePolicy({ clock: this.clock, provider: fakeProfile, ...policyOptions });
    this.#watch = watchCalls(this.policy);
  }

  get provider(): FakeProvider {
    assert.ok(this.#provider !== undefined, 'the rig has not started');
    return this.#provider;
  }

  async start(adapters: readonly AdapterUnderTest[]): Promise<void> {
    const { server, maxSockets } = this.#options;
    const provider = await fakeProvider({ clock: this.clock, ...server });
    this.#provider = provider;
    this.#ends.push(() => provider.close());
    const inFlight = () => Math.max(this.#pending.size - this.#watch.waiting(), provider.inFlight);
    const failAll = () => {
      for (const fail of this.#pending) fail(unsettled(', and nothing happens any more'));
    };
    this.#ends.push(onStandstill(() => this.#progress(), failAll));
    this.#ends.push(driveClock(this.clock, { inFlight, waiting: () => provider.waiting }));
    const own = { baseURL: provider.baseURL, ...(maxSockets !== undefined && { maxSockets }) };
    for (const adapter of adapters) {
      const client = await adapter.connect({ ...own, policy: this.policy });
      const bare = await adapter.connect(own);
      this.#ends.push(...[client, bare].map((each) => () => each.close?.()));
      this.#connected.push({ adapter, client, bare });
    }
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  /** Asserts that of each call `onSettled` was told once, and that the events tell of one end. */
  assertSettledOnce(): void {
    if (this.#options.silent) return;
    const wrong = [...this.#settled].filter(([, times]) => times !== 1);
    assert.deepEqual(wrong, [], 'onSettled is told of each call once');
    assert.equal(this.#watch.ended(), this.#settled.size, 'the events tell of each end once');
  }

  // Tests take these off the rig, so they are bound to it.
  readonly call = (given: GivenCall = {}, through?: AdapterUnderTest): Promise<Called> => {
    const { adapter, client } = this.#find(through);
    return this.#make(adapter, client, given);
  };

  readonly callBare = (given: GivenCall = {}, through?: AdapterUnderTest): Promise<Called> => {
    const { adapter, bare } = this.#find(through);
    return this.#make(adapter, bare, { ...given, forbear: false });
  };

  readonly burst = (count: number, given: GivenCall = {}): Promise<readonly Called[]> =>
    Promise.all(Array.from({ length: count }, () => this.call(given)));

  readonly nextWait = (): Promise<void> =>
    new Promise((resolve) => this.policy.events.on('waiting', () => resolve()));

  readonly seen = async (requests: number): Promise<void> => {
    while (this.provider.requests.length < requests) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  /** A number that changes whenever anything happens, while there are calls. */
  #progress(): number | undefined {
    if (this.#pending.size === 0) return undefined;
    const { requests, sockets, openSockets } = this.provider;
    const seen = requests.length + sockets - openSockets;
    return seen + this.#watch.attempts() + this.#watch.ended() + this.clock.monotonic();
  }

  #find(adapter = this.#connected[0]?.adapter): Connected {
    const found = this.#connected.find((each) => each.adapter === adapter);
    assert.ok(found !== undefined, 'the adapter is not one of this rig');
    return found;
  }

  async #make(
    { answerOf }: AdapterUnderTest,
    client: ContractClient,
    given: GivenCall,
  ): Promise<Called> {
    const id = `call-${++calls}`;
    const traces: Trace[] = [];
    const onSettled = (trace: Trace) => {
      traces.push(trace);
      this.#settled.set(id, traces.length);
    };
    if (given.forbear !== false) this.#settled.set(id, 0);
    const startMs = this.clock.monotonic();
    const ended = await this.#settle(client.call(fillCall(given, id, onSettled)), answerOf);
    const { requests, ledger } = this.provider;
    const at = requests.filter(({ callId }) => callId === id).map(({ atMs }) => atMs);
    return {
      ...ended,
      told: traces[0],
      requests: at.length,
      bills: ledger.bills(id),
      gapsMs: at.slice(1).map((atMs, index) => atMs - (at[index] ?? 0)),
      tookMs: this.clock.monotonic() - startMs,
    };
  }

  async #settle(
    calling: ReturnType<ContractClient['call']>,
    answerOf: AdapterUnderTest['answerOf'],
  ): Promise<Ended> {
    let fail = (_: Error) => {};
    const never = new Promise<never>((_, reject) => {
      fail = reject;
    });
    this.#pending.add(fail);
    const cancel = this.clock.setTimer(
      () => fail(unsettled(' in two days of its clock')),
      NEVER_MS,
    );
    try {
      const ended = calling.then(
        (answer) => ({ ...answer, error: undefined }),
        (error: unknown) => answerIn(error, answerOf),
      );
      return await Promise.race([ended, never]);
    } finally {
      cancel();
      this.#pending.delete(fail);
    }
  }
}

function unsettled(why: string): Error {
  return new assert.AssertionError({ message: `a call did not settle${why}` });
}
