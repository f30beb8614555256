export { FakeClock } from './fake-clock.js';
export { recordEvents } from './recorded-events.js';
export {
  type ScriptedAnswer,
  type ScriptedFetch,
  type ScriptedRequest,
  scriptedFetch,
} from './scripted-fetch.js';
