import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { request } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import type { FakeProvider } from './fake-provider.js';
import type { Fault } from './fault.js';
import { CHAT, KEY, until } from './rig.test.support.js';
import { fakeProvider } from './start-fake-provider.js';
import { testCertificate } from './test-certificate.js';

let provider: FakeProvider;
let session: ClientHttp2Session | undefined;
afterEach(async () => {
  session?.destroy();
  session = undefined;
  await provider.close();
});

const ca = testCertificate.cert;

/** Sends a chat completion on HTTP/2 and tells how it went. */
function ask(path = '/v1/chat/completions') {
  session ??= connect(provider.url, { ca }).on('error', () => {});
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    authorization: `Bearer ${KEY}`,
    'x-call-id': 'a',
  });
  const went = { status: 0, text: '', goaway: -1, code: -1 };
  session.on('goaway', (code) => {
    went.goaway = code;
  });
  return new Promise<typeof went>((resolve) => {
    stream
      .setEncoding('utf8')
      .on('response', (headers) => {
        went.status = Number(headers[':status']);
      })
      .on('data', (text: string) => {
        went.text += text;
      })
      .on('error', () => {})
      .on('close', () => resolve({ ...went, code: stream.rstCode }));
    stream.end(JSON.stringify(CHAT));
  });
}

describe('HTTP/2', () => {
  const start = async (...faults: Fault[]) => {
    provider = await fakeProvider({ tls: { ...testCertificate, http2: true } });
    provider.fail(faults);
  };

  test('serves the same answers, many on one connection', async () => {
    await start();
    expect(provider.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answers = await Promise.all([ask(), ask(), ask('/v1/nothing')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(JSON.parse(answers[0]?.text ?? '')).toMatchObject({ object: 'chat.completion' });
    expect(provider.sockets).toBe(1);
    expect(provider.ledger.bills('a')).toBe(2);
    await until(() => provider.inFlight === 0);
  });

  test('is left for HTTP/1.1 when the client wants to', async () => {
    await start();
    const headers = { authorization: `Bearer ${KEY}` };
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${provider.baseURL}/models`, { ca, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(200);
  });

  test('sends GOAWAY after the work and closes the connection', async () => {
    await start({ kind: 'goaway' });
    expect(await ask()).toMatchObject({ status: 0, goaway: constants.NGHTTP2_NO_ERROR });
    expect(provider.ledger.bills('a')).toBe(1);
    await until(() => provider.openSockets === 0 && provider.inFlight === 0);
  });

  test.each([
    [undefined, constants.NGHTTP2_INTERNAL_ERROR, 1],
    [constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_REFUSED_STREAM, 0],
    [constants.NGHTTP2_ENHANCE_YOUR_CALM, constants.NGHTTP2_ENHANCE_YOUR_CALM, 1],
  ])('resets a stream with %s as %i and bills %i times', async (given, code, bills) => {
    await start({ kind: 'reset-stream', ...(given === undefined ? {} : { code: given }) });
    expect(await ask()).toMatchObject({ status: 0, code });
    expect(provider.ledger.bills('a')).toBe(bills);
    expect((await ask()).status).toBe(200);
    expect(provider.sockets).toBe(1);
  });

  test('closes the connection without a word', async () => {
    await start({ kind: 'close', when: 'after' });
    expect(await ask()).toMatchObject({ status: 0, goaway: -1 });
    await until(() => provider.openSockets === 0 && provider.inFlight === 0);
  });

  test('cuts an answer in the middle', async () => {
    await start({ kind: 'cut' });
    const { status, text } = await ask();
    expect(status).toBe(200);
    expect(text).toContain('chat.completion');
    expect(text).not.toContain('usage');
  });

  test('is refused and accepted again', async () => {
    await start();
    await ask();
    await provider.refuse();
    session = undefined;
    expect((await ask()).status).toBe(0);
    session = undefined;
    await provider.accept();
    expect((await ask()).status).toBe(200);
  });
});

test('TLS without HTTP/2 serves HTTP/1.1', async () => {
  provider = await fakeProvider({ tls: testCertificate });
  provider.fail({ kind: 'close', when: 'before' });
  const get = () =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}` };
      request(`${provider.baseURL}/models`, { ca, headers, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.httpVersion));
      })
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        .end();
    });
  expect(await get()).toBe('ECONNRESET');
  expect(await get()).toBe('1.1');
});
