/** What is used of an ioredis client, whether of one Redis or of a cluster. */
export interface RedisClient {
  readonly status: string;
  readonly options: object;
  readonly isCluster?: boolean;
  duplicate(...given: never): unknown;
  defineCommand(
    name: string,
    definition: { readonly lua: string; readonly numberOfKeys?: number },
  ): void;
  on(event: string, listener: (...given: unknown[]) => void): unknown;
  once(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  quit(): Promise<unknown>;
}
