import { describe, expect, test } from 'vitest';
import { keepInit } from './kept-init.js';
import type { Init } from './request-parts.js';

test.each([[undefined], [null], [5]])('%s is left to bare fetch', (init) => {
  expect(keepInit(init as unknown as Init)).toBe(init);
});

test('every own member is kept, those of undici and others among them', () => {
  const init = { method: 'POST', dispatcher: {}, next: { revalidate: 1 } } as Init;
  expect(keepInit(init)).toEqual(init);
  expect(keepInit(init)).not.toBe(init);
});

test('members of a class are kept where fetch reads them', () => {
  class Base {
    get method() {
      return 'POST';
    }
    get other() {
      return 1;
    }
  }
  class Own extends Base {
    readonly body = 'x';
  }
  expect(keepInit(new Own())).toStrictEqual({ method: 'POST', body: 'x' });
});

test('a Request that is given as init keeps all that a fetch reads of it', () => {
  const { signal } = new AbortController();
  const given = new Request('http://a.test/', {
    method: 'PUT',
    headers: { a: 'b' },
    redirect: 'error',
    cache: 'no-store',
    integrity: 'sha256-abc',
    signal,
  });
  const kept = new Request('http://b.test/', keepInit(given as unknown as Init));
  for (const name of ['method', 'redirect', 'cache', 'integrity', 'credentials', 'mode'] as const) {
    expect(kept[name]).toBe(given[name]);
  }
  expect(kept.headers.get('a')).toBe('b');
});

describe('headers are kept as they are now', () => {
  test('a record keeps its names as they are written', () => {
    const headers: Record<string, string> = { 'X-Name': '1' };
    const kept = keepInit({ headers });
    headers['X-Name'] = '2';
    expect(kept?.headers).toEqual({ 'X-Name': '1' });
  });

  test.each<[string, () => HeadersInit & { set?: (name: string, value: string) => void }]>([
    ['Headers', () => new Headers({ a: '1' })],
    ['pairs', () => [['a', '1']]],
    ['a Map', () => new Map([['a', '1']]) as unknown as Headers],
  ])('%s', (_, make) => {
    const headers = make();
    const kept = keepInit({ headers });
    if (Array.isArray(headers)) headers[0] = ['a', '2'];
    else headers.set?.('a', '2');
    expect(new Headers(kept?.headers).get('a')).toBe('1');
  });

  test('ones that no fetch takes are left to it', () => {
    const headers = [['only a name']] as unknown as HeadersInit;
    expect(keepInit({ headers })?.headers).toBe(headers);
  });
});
