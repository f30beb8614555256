import { createServer } from 'node:net';
import { fakeProvider, testCertificate } from '@forbear/testing/node';
import { Agent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { evidenceOf, type Fetch, listen, through, waitFor } from './wire-rig.js';

const connect = { ca: testCertificate.cert };

async function secureProvider() {
  const provider = await fakeProvider({ tls: { ...testCertificate, http2: true } });
  onTestFinished(() => provider.close());
  return { provider, url: `${provider.baseURL}/chat/completions` };
}

const overHttp1 = () => through(new Agent({ connections: 1, connect }));
const overHttp2 = () => through(new Agent({ connections: 1, allowH2: true, connect }));

/** A POST that is aborted before it can have been written. */
function aborted(bare: Fetch | undefined, url: string) {
  const controller = new AbortController();
  const told = evidenceOf(bare, url, { signal: controller.signal });
  controller.abort();
  return told;
}

describe('a POST over TLS that is aborted before it is written', () => {
  test('was not sent, where the server is known to speak HTTP/1.1', async () => {
    const { url } = await secureProvider();
    expect((await evidenceOf(overHttp1(), url)).evidence).toBeUndefined();
    expect((await aborted(overHttp1(), url)).evidence).toBe('not-sent');
  });

  test('may have been sent, where the server was never seen, for it may speak HTTP/2', async () => {
    const { url } = await secureProvider();
    expect((await aborted(overHttp1(), url)).evidence).toBe('unproven');
  });

  test('may have been sent, where the handshake is still under way', async () => {
    const server = createServer();
    const connected = new Promise((resolve) => server.once('connection', resolve));
    const url = (await listen(server)).replace('http:', 'https:');
    const controller = new AbortController();
    const told = evidenceOf(undefined, url, { signal: controller.signal });
    await connected;
    controller.abort();
    expect((await told).evidence).toBe('unproven');
  });

  test.each([
    ['over HTTP/1.1 before and over HTTP/2 since', overHttp1, overHttp2],
    ['over HTTP/2 before and over HTTP/1.1 since', overHttp2, overHttp1],
  ])('may have been sent, where the server spoke %s', async (_, before, since) => {
    const { provider, url } = await secureProvider();
    await evidenceOf(before(), url);
    await evidenceOf(since(), url);
    await waitFor(() => provider.requests.length === 2);
    expect((await aborted(overHttp2(), url)).evidence).toBe('unproven');
    expect((await aborted(overHttp1(), url)).evidence).toBe('unproven');
  });
});
