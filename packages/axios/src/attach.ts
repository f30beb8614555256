import { type AxiosOptions, readPolicy } from './axios-options.js';
import { type AxiosInstance, findBareAxios, type SentConfig } from './bare-axios.js';
import { BypassWatch } from './bypass-watch.js';
import { isAborted } from './call-signal.js';
import { isWrapped, wrapAdapter } from './wrapped-adapter.js';

/**
 * Makes an instance of axios, or axios itself, repeat what is safe to repeat and wait as long as the
 * server says. What comes out is what axios gave on the last attempt: its very response or error.
 *
 * Returns what takes it off again; calls under way go on to their ends.
 *
 * @throws {InvalidOptionsError} with every problem of the options
 */
export function attachForbear(instance: AxiosInstance, options: AxiosOptions = {}): () => void {
  const policy = readPolicy(instance, options);
  const client = { policy, bare: findBareAxios(instance) };
  const watch = new BypassWatch(client);
  const { request, response } = instance.interceptors;
  const onRequest = request.use(
    (given) => {
      const config = given as unknown as SentConfig;
      // A replay brings the wrapper of the first time, which knows how that ended.
      if (config.forbear === false || isWrapped(config.adapter)) return given;
      const wrapped = wrapAdapter(client, config.adapter, (sent) => watch.sent(sent));
      config.adapter = wrapped;
      if (isAborted(config)) {
        // Axios will not even ask for the adapter, but the call is to settle.
        wrapped(config).catch(() => {});
        return given;
      }
      watch.expect(config);
      return given;
    },
    undefined,
    // Or axios would send a moment later than it does without us.
    { synchronous: true },
  );
  const onResponse = response.use(
    (answer) => {
      watch.look(answer);
      return answer;
    },
    (error) => {
      watch.look(error);
      return Promise.reject(error);
    },
  );
  return () => {
    request.eject(onRequest);
    response.eject(onResponse);
  };
}
