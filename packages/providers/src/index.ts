export { flexai } from './flexai.js';
export { openai } from './openai.js';
