import { createPicker } from '@forbear/core';
import { flexai } from './flexai.js';
import { gemini } from './gemini.js';
import { github } from './github.js';
import { openai } from './openai.js';
import { stripe } from './stripe.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([flexai, openai, gemini, stripe, github]);
