import { createHash } from 'node:crypto';

/**
 * The name of a key in Redis. The key may hold a credential, so only a SHA-256 of it is stored; the
 * braces keep all that belongs to it on one node of a Redis Cluster.
 */
export function keyIdOf(prefix: string, key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `{${prefix}:${hash}}`;
}
