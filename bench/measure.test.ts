import { expect, it } from 'vitest';
import { interleave, ratioOf } from './measure.ts';

it('turns the order with each round, and leaves the warm-up out', async () => {
  const order: string[] = [];
  const samples = await interleave(['a', 'b'], { rounds: 2, warmUps: 1 }, async (name) => order.push(name));
  expect(order.join('')).toBe('baabba');
  expect([...samples]).toEqual([
    ['a', [3, 6]],
    ['b', [4, 5]],
  ]);
});

it('a ratio compares within its round, so that a slow round slows nobody down', () => {
  expect(ratioOf([100, 1_000, 100], [200, 2_000, 200])).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
});
