import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('a rate limit', () => {
  let nowMs = 0;
  const now = () => new Date(nowMs);

  it('allows two uses per key and window, then none until the window ends', () => {
    const allow = createRateLimit({ limit: 2, windowMs: 100 }, now);
    expect([allow('a'), allow('a'), allow('a'), allow('b')]).toEqual([true, true, false, true]);
    nowMs = 100;
    expect(allow('a')).toBe(true);
  });

  it('drops the oldest window when it is full', () => {
    const allow = createRateLimit({ limit: 1, windowMs: 1_000 }, now, 2);
    expect([allow('a'), allow('b'), allow('c')]).toEqual([true, true, true]);
    expect([allow('c'), allow('b'), allow('a')]).toEqual([false, false, true]);
  });
});
