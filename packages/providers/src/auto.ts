import { createPicker } from '@forbear/core';
import { bedrock } from './bedrock.js';
import { cerebras } from './cerebras.js';
import { cloudflare } from './cloudflare.js';
import { discord } from './discord.js';
import { flexai } from './flexai.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { huggingface } from './huggingface.js';
import { notion } from './notion.js';
import { openai } from './openai.js';
import { perplexity } from './perplexity.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { stripe } from './stripe.js';
import { workersai } from './workersai.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([
  bedrock,
  cerebras,
  cloudflare,
  discord,
  flexai,
  gemini,
  github,
  huggingface,
  notion,
  openai,
  perplexity,
  shopify,
  slack,
  stripe,
  workersai,
]);
