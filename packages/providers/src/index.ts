export { anthropic } from './anthropic.js';
export { auto } from './auto.js';
export { azure } from './azure.js';
export { flexai } from './flexai.js';
export { gemini } from './gemini.js';
export { github } from './github.js';
export { openai } from './openai.js';
export { stripe } from './stripe.js';
