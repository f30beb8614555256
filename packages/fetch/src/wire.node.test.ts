import { channel } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import { openAnswer, readWire, watchWire } from './wire.node.js';

const failure = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

/** Tells what undici would tell. */
const tell = (name: string, message: object) => channel(`undici:${name}`).publish(message);

function connected(origin: string, alpnProtocol: string | false = false): void {
  const { protocol, host } = new URL(origin);
  tell('client:connected', { connectParams: { protocol, host }, socket: { alpnProtocol } });
}

/** What is said of an attempt during which `happen` happens, and that ends with `error`. */
async function read(happen: () => void, error: unknown = failure) {
  const watched = watchWire({}, happen);
  return readWire(watched, error, { signal: undefined, url: 'https://unused.test/' });
}

/** A request that is created, written if it says so, and fails. */
function request(origin: string, { written = false, error = failure, method = 'POST' } = {}): void {
  const made = { origin, path: '/', method };
  tell('request:create', { request: made });
  if (written) tell('client:sendHeaders', { request: made });
  tell('request:error', { request: made, error });
}

describe('an attempt whose only request failed', () => {
  test('was sent nothing, where undici tells what it writes', async () => {
    connected('https://h1.test');
    expect(await read(() => request('http://plain.test'))).toBe('no');
    expect(await read(() => request('https://h1.test'))).toBe('no');
    expect(await read(() => request('https://h1.test/'))).toBe('no');
    expect(await read(() => request('https://h1.test'), new Error('', { cause: failure }))).toBe(
      'no',
    );
  });

  test('was sent it, where its head was written', async () => {
    expect(await read(() => request('http://plain.test', { written: true }))).toBe('yes');
  });

  test('may have been sent it over HTTP/2, also in plain text, and over what was not seen', async () => {
    connected('https://h2.test', 'h2');
    connected('https://both.test');
    connected('https://both.test', 'h2');
    connected('https://both.test');
    connected('http://h2c.test', 'h2');
    expect(await read(() => request('https://h2.test'))).toBe('unknown');
    expect(await read(() => request('https://both.test'))).toBe('unknown');
    expect(await read(() => request('http://h2c.test'))).toBe('unknown');
    expect(await read(() => request('https://unseen.test'))).toBe('unknown');
  });

  test('was sent nothing over a connection that was never made', async () => {
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    tell('client:connectError', { error });
    expect(await read(() => request('https://refused.test', { error }), error)).toBe('no');
  });

  test('may have been sent it, where another error came out', async () => {
    expect(await read(() => request('http://plain.test'), new Error('other'))).toBe('unknown');
  });

  test('is not known where there was no request but a CONNECT', async () => {
    expect(await read(() => {})).toBe('unknown');
    expect(await read(() => request('http://proxy.test', { method: 'CONNECT' }))).toBe('unknown');
  });
});

describe('an attempt with two requests that failed', () => {
  const broken = () => new Error('broken');

  test('is judged by its error, where neither was sent', async () => {
    const both = () => {
      request('http://plain.test', { error: broken() as typeof failure });
      request('http://plain.test');
    };
    expect(await read(both)).toBe('unknown');
  });

  test.each([
    ['was written', 'http://plain.test', true],
    ['went over what cannot be seen', 'https://unseen.test', false],
  ])('counts as sent, where one of them %s', async (_, origin, written) => {
    const both = () => {
      request(origin, { error: broken() as typeof failure, written });
      request('http://plain.test');
    };
    expect(await read(both)).toBe('yes');
  });

  test('counts as sent, where one of them has not ended', async () => {
    const both = () => {
      tell('request:create', {
        request: { origin: 'http://plain.test', path: '/', method: 'POST' },
      });
      request('http://plain.test');
    };
    expect(await read(both)).toBe('yes');
  });
});

test('what is created when the attempt is over is not part of it', async () => {
  const watched = watchWire({}, () => {
    request('http://plain.test');
    return Promise.resolve().then(() => request('http://plain.test', { written: true }));
  });
  watched.record.over = true;
  await watched.sending;
  const end = { signal: undefined, url: 'http://plain.test/' };
  expect(await readWire(watched, failure, end)).toBe('no');
});

test('origins beyond the ten thousandth are not known, and those before are still', async () => {
  connected('https://early.test');
  for (let index = 0; index < 10_000; index++) connected(`https://n${index}.test`);
  connected('https://late.test');
  connected('http://late-h2c.test', 'h2');
  expect(await read(() => request('https://early.test'))).toBe('no');
  expect(await read(() => request('https://late.test'))).toBe('unknown');
  expect(await read(() => request('http://late-h2c.test'))).toBe('unknown');
  connected('https://early.test', 'h2');
  expect(await read(() => request('https://early.test'))).toBe('unknown');
});

describe('the answer of an attempt', () => {
  const make = (path: string) => {
    const made = { origin: 'http://plain.test', path, method: 'POST' };
    tell('request:create', { request: made });
    return made;
  };

  test('is open until all of it has come or it breaks, and tells that once', () => {
    for (const end of ['request:trailers', 'request:error']) {
      let made = {};
      const watched = watchWire({}, () => {
        made = make('/');
      });
      let ends = 0;
      openAnswer(watched)?.onOver(() => ends++);
      expect(ends).toBe(0);
      tell(end, { request: made, error: failure });
      tell('request:error', { request: made, error: failure });
      expect(ends).toBe(1);
      expect(openAnswer(watched)).toBeUndefined();
    }
  });

  test('is open until the last of its requests is over', () => {
    let made: object[] = [];
    const watched = watchWire({}, () => {
      made = ['/one', '/two', '/three'].map(make);
    });
    const [one, two, three] = made;
    tell('request:trailers', { request: one });
    let ends = 0;
    openAnswer(watched)?.onOver(() => ends++);
    tell('request:trailers', { request: three });
    expect(ends).toBe(0);
    tell('request:trailers', { request: two });
    expect(ends).toBe(1);
  });

  test('is not known where no request was seen', () => {
    expect(openAnswer(watchWire({}, () => {}))).toBeUndefined();
  });
});
