import { describe, expect, it } from 'vitest';
import { planName, savedPercent } from './format.ts';

const price = (amount: number, interval: 'month' | 'year', currency = 'eur') => ({
  priceId: 'price_1',
  amount,
  currency,
  interval,
  intervalCount: 1,
});

describe('what prices look like', () => {
  it('a year saves against twelve months of the same currency, or nothing is said', () => {
    const monthly = price(999, 'month');
    expect(savedPercent(price(9990, 'year'), [monthly])).toBe(16);
    expect(savedPercent(price(12_000, 'year'), [monthly])).toBeUndefined();
    expect(savedPercent(price(9990, 'year', 'usd'), [monthly])).toBeUndefined();
    expect(savedPercent(monthly, [monthly])).toBeUndefined();
  });

  it('a plan is called by its words', () => {
    expect(planName('moddy_max')).toBe('Moddy Max');
  });
});
