import { createPicker } from '@forbear/core';
import { anthropic } from './anthropic.js';
import { azure } from './azure.js';
import { cohere } from './cohere.js';
import { deepseek } from './deepseek.js';
import { fireworks } from './fireworks.js';
import { flexai } from './flexai.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { groq } from './groq.js';
import { mistral } from './mistral.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';
import { stripe } from './stripe.js';
import { together } from './together.js';
import { xai } from './xai.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([
  anthropic,
  azure,
  cohere,
  deepseek,
  fireworks,
  flexai,
  gemini,
  github,
  groq,
  mistral,
  openai,
  openrouter,
  stripe,
  together,
  xai,
]);
