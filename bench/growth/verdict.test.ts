import { describe, expect, it } from 'vitest';
import { verdictOf } from './verdict.ts';

const costs = (...buffers: number[]) => buffers.map((each) => ({ ms: 1, buffers: each, statements: 1 }));

describe('the verdict on a cost at 1×, 10× and 100×', () => {
  it('constant: the same at every size, but for noise', () => {
    expect(verdictOf(costs(30, 33, 35))).toBe('constant');
    expect(verdictOf(costs(1, 1, 2))).toBe('constant');
  });
  it('logarithmic: every decade adds about the same', () => {
    expect(verdictOf(costs(50, 60, 69))).toBe('logarithmic');
  });
  it('worse: a decade adds more than the one before', () => {
    expect(verdictOf(costs(36, 345, 3_417))).toBe('worse');
    expect(verdictOf(costs(50, 80, 250))).toBe('worse');
  });
});
