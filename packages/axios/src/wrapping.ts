import type { Outcome, Policy } from '@forbear/core';
import type { AnyAdapter, AxiosResponse, BareAxios } from './bare-axios.js';

/** What the calls of an instance share. */
export interface Client {
  readonly policy: Policy;
  readonly bare: BareAxios;
}

/** A call that was given up because it may have been done, and what it ended with. */
export interface Refrained {
  readonly fingerprint: string;
  readonly outcome: Outcome<AxiosResponse>;
}

/** The adapter of one call, and of whatever replays its config. */
export interface Wrapping {
  readonly client: Client;
  /** The adapter that sends. */
  readonly adapter: AnyAdapter;
  /** A number that no other has. */
  readonly id: number;
  refrained: Refrained | undefined;
}
