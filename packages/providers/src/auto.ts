import { createPicker } from '@forbear/core';
import { flexai } from './flexai.js';
import { openai } from './openai.js';

/**
 * Picks the profile of the API that a URL goes to, by its host and its base path; `genericProfile`
 * where no profile knows the host. It brings every profile with it.
 */
export const auto = createPicker([flexai, openai]);
