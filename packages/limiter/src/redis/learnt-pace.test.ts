import { describe, expect, test } from 'vitest';
import { LearntPace } from './learnt-pace.js';

const said = (limit: number, remaining: number, resetMs: number) =>
  ({ unit: 'requests', name: 'requests', limit, remaining, resetMs }) as const;

describe('a limit that resets all at once', () => {
  test('what is left is spread over the time until it resets', () => {
    const pace = new LearntPace('window');
    expect(pace.paceMs(0)).toBe(0);
    pace.learn(said(60, 30, 60_000), 0);
    expect(pace.paceMs(0)).toBe(2000);
    expect(pace.paceMs(30_000)).toBe(1000);
  });

  test('after the reset it goes by the longest reset that was seen', () => {
    const pace = new LearntPace('window');
    pace.learn(said(60, 59, 60_000), 0);
    pace.learn(said(60, 10, 5000), 55_000);
    expect(pace.paceMs(61_000)).toBe(1000);
  });

  test('plenty that is left at the end of a window does not make a storm', () => {
    const pace = new LearntPace('window');
    pace.learn(said(60, 59, 60_000), 0);
    pace.learn(said(60, 58, 100), 59_900);
    expect(pace.paceMs(59_900)).toBe(250);
  });

  test('nothing left holds until the reset', () => {
    const pace = new LearntPace('window');
    pace.learn(said(60, 0, 12_000), 1000);
    expect(pace.emptyForMs(1000)).toBe(12_000);
    expect(pace.emptyForMs(13_000)).toBe(0);
    expect(pace.remaining(1000)).toBe(0);
    expect(pace.remaining(13_000)).toBeUndefined();
  });

  test('an answer that was overtaken does not bring back what has been used since', () => {
    const pace = new LearntPace('window');
    pace.learn(said(60, 20, 30_000), 0);
    pace.learn(said(60, 25, 29_900), 100);
    expect(pace.remaining(100)).toBe(20);
    pace.learn(said(60, 59, 60_000), 30_000);
    expect(pace.remaining(30_000)).toBe(59);
  });

  test('another limit forgets what was known of the one before', () => {
    const pace = new LearntPace('window');
    pace.learn(said(60, 59, 60_000), 0);
    pace.learn(said(30, 29, 30_000), 10_000);
    expect(pace.limit).toBe(30);
    expect(pace.paceMs(50_000)).toBe(1000);
  });

  test('a limit of 0 is no limit that was learnt', () => {
    const pace = new LearntPace('window');
    pace.learn(said(0, 0, 0), 0);
    expect(pace.limit).toBeUndefined();
    expect(pace.paceMs(0)).toBe(0);
    expect(pace.emptyForMs(0)).toBe(0);
  });
});

describe('a limit whose reset says when it is full again', () => {
  test('it goes as fast as it refills', () => {
    const pace = new LearntPace('full');
    pace.learn(said(100, 60, 4000), 0);
    expect(pace.paceMs(0)).toBe(100);
  });

  test('a full one says nothing', () => {
    const pace = new LearntPace('full');
    pace.learn(said(100, 100, 0), 0);
    expect(pace.paceMs(0)).toBe(0);
  });

  test('nothing left holds until there is room for one', () => {
    const pace = new LearntPace('full');
    pace.learn(said(100, 0, 10_000), 0);
    expect(pace.emptyForMs(0)).toBe(100);
    expect(pace.emptyForMs(100)).toBe(0);
  });
});
