import { expect, test } from 'vitest';
import { generalisePath } from './path-pattern.js';

test.each([
  ['/v1/videos/video_68d7a1/content', '/v1/videos/:id/content'],
  ['/users/12345/orders/550e8400-e29b-41d4-a716-446655440000', '/users/:id/orders/:id'],
  ['/users/7', '/users/:id'],
  ['users/7/', 'users/:id/'],
  ['7/users', ':id/users'],
  ['/orders/12345.json', '/orders/:id'],
  ['/x/550E8400-E29B-41D4-A716-446655440000', '/x/:id'],
  ['/x/task-550e8400-e29b-41d4-a716-446655440000', '/x/:id'],
  ['/x/deadbeefdeadbee1', '/x/:id'],
  ['/x/abcdefghij1234567890', '/x/:id'],
  ['/x/a_68d7a1', '/x/:id'],
  ['/x/7.json', '/x/:id'],
  ['/x/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/x/:id'],
  ['/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM', '/v1/text-to-speech/:id'],
  ['/v1/messages/batches/msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d', '/v1/messages/batches/:id'],
  ['/v1/files/file-BK7bzQj3FfZFXr7DbL6xJwfo/content', '/v1/files/:id/content'],
  ['/v1/threads/thread_abc123/runs/run_abc123', '/v1/threads/:id/runs/:id'],
  ['/operations/1234567890:cancel', '/operations/:id:cancel'],
])('%s becomes %s', (path, pattern) => {
  expect(generalisePath(path)).toBe(pattern);
});

test.each([
  '',
  '/',
  '//',
  '/v1/chat/completions',
  '/v1beta/models/gemini-2.0-flash:generateContent',
  '/v1/models/gpt-4o-mini',
  '/v1/models/claude-3-5-sonnet-20241022',
  '/models/meta-llama/Llama-3.3-70B-Instruct-Turbo',
  '/models/ft:gpt-4o-mini-2024-07-18:acme::7p4lURel',
  '/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke',
  '/openai/deployments/gpt4o-prod/chat/completions',
  '/2010-04-01/Accounts',
  '/v1.0/users',
  '/v1/chat_completions_v2',
  '/v1/internationalizationandlocalization',
  '/v1/deadbeefdeadbeefdead',
  '/v1/video_68d7',
  '/v1/file-abcdefghij123456789',
  '/v1/internationalizationandlocalization-v2',
  '/v1/v1_completions',
  '/v1/deadbeefdeadbe1',
  '/v1/abcdefghij123456789',
  '/v1/video_abcdef',
  '/:id/x/:id:cancel',
])('%s stays', (path) => {
  expect(generalisePath(path)).toBe(path);
});
