import type { FakeProvider } from './fake-provider.js';
import { type FakeProviderOptions, resolveOptions } from './options.js';
import { RunningProvider } from './running-provider.js';

/**
 * Starts a fake provider on a free port of 127.0.0.1.
 *
 * @throws TypeError that lists every unknown or invalid option.
 */
export async function fakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const provider = new RunningProvider(resolveOptions(options));
  await provider.accept();
  return provider;
}
