import { describe, expect, test } from 'vitest';
import { readMessage, readStoredLimits } from './fleet-message.js';

const limits = [
  { unit: 'requests', name: 'rpm', limit: 60, remaining: 3, resetMs: 900 },
  { unit: 'tokens', name: 'tpm' },
];
const failure = { kind: 'rate-limited', effect: 'none', concerns: 'key', because: 'it said so' };
const refusal = { failure, headers: { 'retry-after': '1' }, body: '' };

describe('a message', () => {
  test.each([
    { from: 'a', peers: 3 },
    { from: 'a', limits },
    { from: 'a', limits: [] },
    { from: 'a', hold: 'a 1', ms: 1000, refusal },
    { from: 'a', hold: 'a 2', ms: null, refusal },
  ])('is read: %j', (message) => {
    expect(readMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    '',
    'hello',
    '{"from":',
    'null',
    '5',
    '"text"',
    '[]',
    '{}',
    '{"peers":3}',
    '{"from":5,"peers":3}',
    '{"from":"a"}',
    '{"from":"a","peers":"3"}',
    '{"from":"a","peers":-1}',
    '{"from":"a","peers":1e999}',
    '{"from":"a","limits":{}}',
    JSON.stringify({ from: 'a', limits: [null] }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 'soon', refusal }),
    JSON.stringify({ from: 'a', hold: 'x', ms: -1, refusal }),
    JSON.stringify({ from: 'a', hold: 5, ms: 1, refusal }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 1 }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 1, refusal: { ...refusal, failure: null } }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 1, refusal: { ...refusal, failure: {} } }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 1, refusal: { ...refusal, headers: 'none' } }),
    JSON.stringify({ from: 'a', hold: 'x', ms: 1, refusal: { ...refusal, body: 5 } }),
  ])('of somebody else is none: %s', (text) => {
    expect(readMessage(text)).toBeUndefined();
  });
});

test('limits that were stored are read whole or not at all', () => {
  expect(readStoredLimits(JSON.stringify(limits))).toEqual(limits);
  for (const bad of [
    null,
    {},
    [5],
    [{ unit: 'calls', name: 'x' }],
    [{ unit: 'requests' }],
    [{ unit: 'requests', name: 'x', remaining: 'none' }],
    [...limits, { unit: 'tokens', name: 'x', resetMs: -1 }],
  ]) {
    expect(readStoredLimits(JSON.stringify(bad))).toBeUndefined();
  }
});
