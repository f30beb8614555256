import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { attachForbear } from '@forbear/axios';
import { type Trace, traceOf } from '@forbear/core';
import type { AxiosRequestConfig } from 'axios';
import FormDataPackage from 'form-data';
import { describe, expect, test } from 'vitest';
import { load, VERSIONS, type Version } from './axios-rig.js';
import { AT_ONCE, listen } from './wire-rig.js';

interface Seen {
  readonly body: string;
  readonly type: string | undefined;
  readonly length: string | undefined;
}

/** What a server saw of one POST whose first two attempts it refused. */
async function send(version: Version, config: AxiosRequestConfig, onRefused = () => {}) {
  const seen: Seen[] = [];
  const server = createServer(async (request, answer) => {
    const { 'content-type': type, 'content-length': length } = request.headers;
    seen.push({ body: await text(request), type, length });
    if (seen.length < 3) onRefused();
    answer.writeHead(seen.length < 3 ? 421 : 200).end();
  });
  const axios = await load(version);
  const instance = axios.create({ proxy: false });
  attachForbear(instance, { backoff: AT_ONCE });
  const url = await listen(server);
  const ended = await instance({ method: 'post', url, ...config }).catch((error) => error);
  const trace = traceOf(ended) as Trace;
  return { seen, trace, ended };
}

function expectThreeEqual(seen: readonly Seen[]): void {
  expect(seen).toHaveLength(3);
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
}

describe.each(VERSIONS)('with %s', (version) => {
  test.each<[string, unknown, string]>([
    ['a text', 'text', 'text'],
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['parameters', new URLSearchParams({ a: '1' }), 'a=1'],
    ['a buffer', Buffer.from('bytes'), 'bytes'],
    ['an array of bytes', new TextEncoder().encode('view'), 'view'],
    ['an ArrayBuffer', new TextEncoder().encode('whole').buffer, 'whole'],
  ])('%s is sent three times with the same bytes', async (_, data, body) => {
    const { seen } = await send(version, { data });
    expectThreeEqual(seen);
    expect(seen[0]?.body).toBe(body);
    expect(seen[0]?.length).toBe(String(body.length));
  });

  test('a buffer that is used again meanwhile is sent as it was', async () => {
    const data = Buffer.from('before');
    const { seen } = await send(version, { data }, () => data.fill('x'));
    expectThreeEqual(seen);
    expect(seen[0]?.body).toBe('before');
  });

  test.each<[string, () => unknown]>([
    ['a stream', () => Readable.from(['a', 'b'])],
    [
      'a form of the package form-data',
      () => {
        const form = new FormDataPackage();
        form.append('a', 'b');
        return form;
      },
    ],
  ])('%s is sent once, and anew from a factory', async (_, make) => {
    const once = await send(version, { data: make() });
    expect(once.seen).toHaveLength(1);
    expect(once.trace.reason).toBe('not-replayable');
    expect(once.ended.response.status).toBe(421);
    const again = await send(version, { forbear: { body: make } });
    expect(again.seen).toHaveLength(3);
    expect(again.seen.every(({ body }) => /^(ab$|--.*\r\n.*name="a")/.test(body))).toBe(true);
  });

  test('a factory may make bodies of different lengths, later, and of text', async () => {
    let made = 0;
    const body = async () => 'x'.repeat(++made);
    const { seen } = await send(version, { forbear: { body } });
    expect(seen.map((each) => each.body)).toEqual(['x', 'xx', 'xxx']);
    expect(seen.map(({ length }) => length)).toEqual(['1', '2', '3']);
  });

  test('an error of the factory is handed out as it is, and nothing is sent', async () => {
    const mine = new Error('mine');
    const { seen, ended, trace } = await send(version, {
      forbear: {
        body: () => {
          throw mine;
        },
      },
    });
    expect(ended).toBe(mine);
    expect(seen).toEqual([]);
    expect(trace.mayHaveBeenBilled).toBe(false);
  });
});

function form(): FormData {
  const made = new FormData();
  made.append('a', 'b\nc');
  made.append('file', new Blob(['inside'], { type: 'text/plain' }), 'name.txt');
  return made;
}

describe.each<[Version, AxiosRequestConfig]>([
  ['axios-1.4', {}],
  ['axios-1.7', {}],
  ['axios', {}],
  ['axios', { maxRedirects: 0 }],
  ['axios', { headers: { 'content-type': 'multipart/form-data' } }],
  ['axios-1.7', { adapter: 'fetch' }],
  ['axios', { adapter: 'fetch' }],
])('with %s and %o', (version, config) => {
  test('a form is sent three times with the same boundary and the same bytes', async () => {
    const data = form();
    const { seen } = await send(version, { ...config, data }, () => data.append('late', 'x'));
    expectThreeEqual(seen);
    const { body = '', type = '' } = seen[0] ?? {};
    const read = await new Response(body, { headers: { 'content-type': type } }).formData();
    expect(read.get('a')).toBe('b\r\nc');
    const file = read.get('file') as File;
    expect([file.name, file.type, await file.text()]).toEqual(['name.txt', 'text/plain', 'inside']);
    expect(read.get('late')).toBeNull();
  });

  test('a Blob is sent three times', async () => {
    const { seen } = await send(version, { ...config, data: new Blob(['blob']) });
    expectThreeEqual(seen);
    expect(seen[0]?.body).toBe('blob');
  });
});

test('a boundary of the caller is kept', async () => {
  const type = 'multipart/form-data; boundary=0123456789own';
  const { seen } = await send('axios', { data: form(), headers: { 'content-type': type } });
  expectThreeEqual(seen);
  expect(seen[0]?.type).toBe(type);
  expect(seen[0]?.body).toContain('--0123456789own--');
});
