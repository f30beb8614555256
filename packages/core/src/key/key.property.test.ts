import fc from 'fast-check';
import { expect, test } from 'vitest';
import { genericProfile } from '../generic-profile.js';
import type { ProviderProfile } from '../profile.js';
import { keyOf, visibleKeyOf } from './key.js';
import { describeRequest, type KeyRequest, type RequestParts } from './key-request.js';
import { readModel } from './model.js';
import { generalisePath } from './path-pattern.js';
import type { RequestHeaders } from './request-headers.js';
import { splitUrl } from './url-parts.js';

const SCOPES = ['credential', 'credential+model', 'endpoint'] as const;
const profiles: readonly ProviderProfile[] = SCOPES.map((limitScope) => ({
  ...genericProfile,
  name: 'Acme',
  hosts: ['api.acme.example'],
  limitScope,
}));

const text = fc.string({ unit: 'binary' });
const fail = () => {
  throw new Error('hostile');
};
/** Behind functions, because fast-check looks into its values. */
const hostileHeaders = fc.oneof(
  fc.anything().map((value) => () => value),
  fc.anything().map((value) => () => ({ get: () => value })),
  fc.array(fc.anything()).map((pairs) => () => pairs),
  fc.constant(() => ({ get: fail })),
  fc.constant(() => Object.defineProperty({}, 'authorization', { get: fail, enumerable: true })),
  fc.constant(() => new Proxy({}, { ownKeys: fail, get: fail, has: fail })),
  fc.constant(() => [new Proxy([], { get: fail })]),
);
const urls = fc.oneof(
  text,
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .tuple(fc.constantFrom('https://', 'http:', '//', '\\\\', 'x://', '"https://', '\n'), text)
    .map((parts) => parts.join('')),
);
const bodies = fc.oneof(
  fc.anything(),
  text,
  fc.uint8Array(),
  fc.json(),
  fc.constantFrom('{"', '\\"', '{', '"model"', '{"model":"', ' ').map((bit) => bit.repeat(1e5)),
);

test('nothing that a request may hold makes it throw, and what is shown is short and printable', () => {
  const parts = fc.record({ method: text, url: urls, headers: hostileHeaders, body: bodies });
  fc.assert(
    fc.property(parts, fc.constantFrom(...profiles), ({ headers, ...rest }, profile) => {
      const request = describeRequest({ ...rest, headers: headers() } as RequestParts);
      expect(keyOf(request, profile)).toBeTypeOf('string');
      expect(request.header('Authorization') ?? '').toBeTypeOf('string');
      const visible = visibleKeyOf(request, profile);
      expect(visible.length).toBeLessThanOrEqual(200);
      expect(visible).not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 1_000 },
  );
});

const secrets = fc.stringMatching(/^[a-zA-Z0-9_-]{20,60}$/);
type Place = (secret: string) => Partial<RequestParts>;
const header =
  (name: string): Place =>
  (secret) => ({ headers: { accept: '*/*', [name]: `Bearer ${secret}` } });
const at =
  (url: (secret: string) => string): Place =>
  (secret) => ({ url: url(secret) });
const places: readonly Place[] = [
  header('Authorization'),
  header('x-api-key'),
  header('Api-Key'),
  header('X-Goog-Api-Key'),
  (secret) => ({ headers: [['AUTHORIZATION', secret]] }),
  (secret) => ({ headers: new Headers({ 'x-api-key': secret }) }),
  at((secret) => `https://api.acme.example/v1/x?key=${secret}`),
  at((secret) => `/v1/x?a=b&key=${secret}#c`),
  at((secret) => `https://me:${secret}@proxy.example/v1/x`),
  at((secret) => ` HTTPS:/\\${secret}@proxy.example`),
  at((secret) => `//${secret}:@proxy.example:1/v1`),
];

test('a credential is in the key and never in what is shown of it', () => {
  fc.assert(
    fc.property(
      secrets,
      fc.constantFrom(...places),
      fc.constantFrom(...profiles),
      (secret, place, profile) => {
        const url = 'https://api.acme.example/v1/items/12345';
        const parts = { method: 'POST', url, headers: undefined, ...place(secret) };
        const request = describeRequest({ ...parts, body: '{"model":"gpt-4o"}' });
        expect(keyOf(request, profile)).toContain(secret);
        expect(visibleKeyOf(request, profile)).not.toContain(secret);
        expect(visibleKeyOf(request, profile)).not.toBe('');
      },
    ),
    { numRuns: 1_000 },
  );
});

/** Few and tricky, so that two requests often agree in some parts, and joins without care collide. */
const part = fc.constantFrom('', 'a', 'b', 'ab', '1:a', 'a1:b', '\n', 'a\n', '\nb', '0:');
const requests: fc.Arbitrary<KeyRequest> = fc.record({
  method: part,
  origin: part,
  path: part,
  credential: part,
  model: part,
  header: fc.constant(() => undefined),
});
const IN_SCOPE = {
  credential: ['origin', 'credential'],
  'credential+model': ['origin', 'credential', 'model'],
  organisation: ['origin', 'credential'],
  'organisation+model': ['origin', 'credential', 'model'],
  endpoint: ['origin', 'credential', 'method', 'path'],
  resource: ['origin', 'credential', 'method', 'path'],
} as const;

test('keys differ exactly when a part in scope differs', () => {
  fc.assert(
    fc.property(requests, requests, fc.constantFrom(...profiles), (one, other, profile) => {
      const equal = IN_SCOPE[profile.limitScope].every((name) => one[name] === other[name]);
      expect(keyOf(one, profile) === keyOf(other, profile)).toBe(equal);
    }),
    { numRuns: 20_000 },
  );
});

const NAMES = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;
const credentials = fc.record({
  headers: fc.tuple(part, part, part, part).map((all) => all.map((each) => each.trim())),
  query: fc.constantFrom('', 'a', 'ab', '1:a'),
});

test('credentials differ exactly when one of them differs', () => {
  type Given = { readonly headers: readonly string[]; readonly query: string };
  const credentialOf = ({ headers, query }: Given) => {
    const record: RequestHeaders = Object.fromEntries(NAMES.map((name, i) => [name, headers[i]]));
    return describeRequest({ method: 'GET', url: `/?key=${query}`, headers: record }).credential;
  };
  fc.assert(
    fc.property(credentials, credentials, fc.boolean(), (one, two, alike) => {
      const other = alike ? { ...two, headers: one.headers } : two;
      const equal = JSON.stringify(one) === JSON.stringify(other);
      expect(credentialOf(one) === credentialOf(other)).toBe(equal);
    }),
    { numRuns: 5_000 },
  );
});

const ids = fc.oneof(
  fc.nat().map(String),
  fc.uuid(),
  fc.ulid(),
  fc.stringMatching(/^[0-9a-f]{15}[0-9]$/),
  fc.stringMatching(/^[a-z]{2,9}_[a-zA-Z0-9]{5,30}[0-9]$/),
  fc.stringMatching(/^[a-zA-Z0-9]{18}a[0-9]$/),
);
const words = fc.constantFrom('v1', 'v1beta', 'users', 'gpt-4o-mini', 'chat', 'a:run', '');

test('ids become :id and all else stays', () => {
  const segments = fc.array(
    fc.oneof(
      ids.map((id) => [id, ':id'] as const),
      words.map((word) => [word, word] as const),
    ),
  );
  fc.assert(
    fc.property(segments, (list) => {
      const path = list.map(([given]) => `/${given}`).join('');
      const pattern = list.map(([, expected]) => `/${expected}`).join('');
      expect(generalisePath(path)).toBe(pattern);
    }),
    { numRuns: 2_000 },
  );
});

test('a path that is generalised twice is the same as once', () => {
  const bits = fc.oneof(ids, words, text, fc.constantFrom('/', ':', '_', '-', '.', '7', '.json'));
  fc.assert(
    fc.property(
      fc.array(bits).map((all) => all.join('')),
      (path) => {
        const once = generalisePath(path);
        expect(generalisePath(once)).toBe(once);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('the model is what JSON says it is, in text and in bytes', () => {
  const names = fc.stringMatching(/^[ -~]{1,90}$/);
  const member = fc.oneof(
    fc.jsonValue(),
    fc.constant({ model: 'inner' }),
    fc.constant('"model":"'),
  );
  const members = fc.dictionary(fc.oneof(fc.string(), fc.constant('"model"')), member);
  fc.assert(
    fc.property(members, names, members, (before, model, after) => {
      const { model: _, ...first } = before;
      const { model: __, ...last } = after;
      const body = JSON.stringify({ ...first, model, ...last });
      fc.pre(body.length < 8_000);
      expect(readModel(body)).toBe(model);
      expect(readModel(new TextEncoder().encode(body))).toBe(model);
      expect(readModel(JSON.stringify({ ...first, ...last }))).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test('the origin is that of the URL standard', () => {
  const any = fc.webUrl({
    authoritySettings: { withUserInfo: true, withPort: true, withIPv4: true, withIPv6: true },
    withQueryParameters: true,
    withFragments: true,
  });
  const shaped = fc.tuple(any, fc.constantFrom('', ' ', '\n', '\u0000')).map((all) => {
    return all[1] + all[0] + all[1];
  });
  fc.assert(
    fc.property(shaped, (url) => {
      if (!URL.canParse(url)) return;
      expect(splitUrl(url).origin.replace(/\[.*\]/, '[]')).toBe(
        new URL(url).origin.replace(/\[.*\]/, '[]'),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('time grows with the length of a request, not with its square', () => {
  const bits = [
    'a',
    'a_',
    '1a',
    'a1-',
    '/',
    ':1',
    '@',
    '//x',
    'key=',
    '?',
    '0123456789abcdef-',
    '\\"',
  ];
  const started = process.hrtime.bigint();
  for (const bit of bits) {
    const long = bit.repeat(200_000);
    for (const url of [long, `https://a.example/1-${long}!`, `https://${long}`, `/?${long}`]) {
      const request = describeRequest({
        method: 'GET',
        url,
        headers: undefined,
        body: `{"${long}`,
      });
      for (const profile of profiles) visibleKeyOf(request, profile) + keyOf(request, profile);
    }
  }
  expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(20);
});
