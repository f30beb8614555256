import { expect, test } from 'vitest';
import { classify } from './classify.js';
import { genericProfile } from './generic-profile.js';
import type { ProviderProfile } from './profile.js';

const profile: ProviderProfile = {
  ...genericProfile,
  name: 'Test',
  codeIn: 'x-amzn-errortype',
  rules: [{ status: 400, code: ['*Throttled'], kind: 'rate-limited', because: 'too much' }],
};
const classifyAt = (type: string, body = '{"message":"m"}') =>
  classify({ status: 400, headers: { 'X-Amzn-ErrorType': type }, body }, profile);

test.each([
  'Throttled',
  'Throttled:http://internal.amazon.com/coral/com.amazon.test/',
  'com.amazon.test#Throttled',
  'Throttled, Throttled',
])('the header %s names the error of its answer', (type) => {
  const code = type.replace(/[:,].*/, '');
  expect(classifyAt(type)).toMatchObject({ kind: 'rate-limited', code, ruleOf: 'Test' });
});

test.each(['', ':Throttled', 'was Throttled', 'Throttled\u0000', `${'a'.repeat(200)}Throttled`])(
  'the header %j names nothing',
  (type) => {
    const failure = classifyAt(type);
    expect(failure.kind).toBe('invalid');
    expect(failure).not.toHaveProperty('code');
  },
);

test('what the body says is told before what the header says', () => {
  expect(classifyAt('Throttled', '{"__type":"Slow"}')).toMatchObject({
    kind: 'rate-limited',
    code: 'Slow',
  });
});

test('without the name of the header it names nothing', () => {
  const { codeIn: _, ...silent } = profile;
  const headers = { 'x-amzn-errortype': 'Throttled' };
  expect(classify({ status: 400, headers }, silent).kind).toBe('invalid');
});
