import { createPicker } from '@forbear/core';
import { anthropic } from './anthropic.js';
import { azure } from './azure.js';
import { bedrock } from './bedrock.js';
import { cerebras } from './cerebras.js';
import { cloudflare } from './cloudflare.js';
import { cohere } from './cohere.js';
import { deepseek } from './deepseek.js';
import { discord } from './discord.js';
import { fireworks } from './fireworks.js';
import { flexai } from './flexai.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { groq } from './groq.js';
import { huggingface } from './huggingface.js';
import { mistral } from './mistral.js';
import { notion } from './notion.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';
import { perplexity } from './perplexity.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { stripe } from './stripe.js';
import { together } from './together.js';
import { workersai } from './workersai.js';
import { xai } from './xai.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([
  anthropic,
  azure,
  bedrock,
  cerebras,
  cloudflare,
  cohere,
  deepseek,
  discord,
  fireworks,
  flexai,
  gemini,
  github,
  groq,
  huggingface,
  mistral,
  notion,
  openai,
  openrouter,
  perplexity,
  shopify,
  slack,
  stripe,
  together,
  workersai,
  xai,
]);
