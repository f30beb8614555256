import type { CallLimits, HeaderReader, Policy } from '@forbear/core';

/** The bodies that a client may take beside a string. */
export type BodyKind = 'bytes' | 'buffer' | 'blob' | 'form' | 'search-params';

/** Where and how a client is to be connected. */
export interface Connection {
  /** What the adapter is to be given; absent: the bare client is meant, with no retries of its own. */
  readonly policy?: Policy | undefined;
  /** The base URL of the fake provider, such as `http://127.0.0.1:40123/v1`. */
  readonly baseURL: string;
  /** The most connections that it may have open at a time; absent: what the client does by itself. */
  readonly maxSockets?: number | undefined;
}

/** The options of one call, as every adapter takes them. */
export interface ContractCallOptions extends CallLimits {
  /** Makes the body anew for every attempt. */
  readonly body?: (() => unknown) | undefined;
}

/** A call that a client is to make. */
export interface ContractCall {
  readonly method: string;
  /** What follows the base URL, with its slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A string, one of the adapter's `bodies`, or what its `stream` made. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** To be handed on as the adapter's own options of a call; `false`: the call is to be a bare one. */
  readonly forbear: ContractCallOptions | false;
}

/** An answer as the client gave it, its body read. */
export interface ContractAnswer {
  readonly status: number;
  readonly headers: HeaderReader;
  /** The body; where the client gives parsed JSON only, that as JSON again. */
  readonly text: string;
  /** What a user of the client would look for a trace of: its response object, say. */
  readonly handed: unknown;
}

/** A client that is connected. */
export interface ContractClient {
  /** Makes a call. It rejects with what the client throws, as it throws it. */
  call(call: ContractCall): Promise<ContractAnswer>;
  /** Frees what it holds. */
  readonly close?: (() => unknown) | undefined;
}

/** An adapter, as the contract sees it. */
export interface AdapterUnderTest {
  /** What its tests are called after. */
  readonly name: string;
  connect(connection: Connection): ContractClient | Promise<ContractClient>;
  /** The HTTP methods that it can send. @default all of them */
  readonly methods?: readonly string[] | undefined;
  /** The bodies that it takes. @default all of them */
  readonly bodies?: readonly BodyKind[] | undefined;
  /** Makes a body of a text that can be read once. @default it takes no streams */
  readonly stream?: ((text: string) => unknown) | undefined;
  /** The answer in an error that the client throws on a status. @default it throws on none */
  readonly answerOf?: ((error: unknown) => ContractAnswer | undefined) | undefined;
  /** Whether an error is the client's own for a time limit. @default one named `TimeoutError` in the chain of causes */
  readonly isTimeout?: ((error: unknown) => boolean) | undefined;
}
