import { createPicker } from '@forbear/core';
import { cerebras } from './cerebras.js';
import { flexai } from './flexai.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { huggingface } from './huggingface.js';
import { openai } from './openai.js';
import { perplexity } from './perplexity.js';
import { stripe } from './stripe.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([
  cerebras,
  flexai,
  gemini,
  github,
  huggingface,
  openai,
  perplexity,
  stripe,
]);
