/** A chat completion, as the body of a request. */
export const CHAT = JSON.stringify({
  model: 'test-model',
  messages: [{ role: 'user', content: 'Hello' }],
});
