export { auto } from './auto.js';
export { flexai } from './flexai.js';
export { openai } from './openai.js';
