/** `shared`: permits come from Redis; `returning`: they do again, but each keeps to its share. */
export type LinkState = 'connecting' | 'shared' | 'lost' | 'returning';

/** Who uses the link, and is told when its state changes. */
export interface LinkUser {
  onLink(): void;
  /** Asks Redis something that needs all that permits need. It rejects where Redis cannot serve. */
  probe(): Promise<void>;
}
