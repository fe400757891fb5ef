import { describe, expect, it } from 'vitest';
import { planName, savedPercent } from './format.ts';

const price = (amount: number, interval: 'month' | 'year', currency = 'eur') => ({
  priceId: 'price_1',
  amount,
  currency,
  interval,
  intervalCount: 1,
});

describe('the text of prices and plans', () => {
  it('shows the saving of a year against twelve months of the same currency, if any', () => {
    const monthly = price(999, 'month');
    expect(savedPercent(price(9990, 'year'), [monthly])).toBe(16);
    expect(savedPercent(price(12_000, 'year'), [monthly])).toBeUndefined();
    expect(savedPercent(price(9990, 'year', 'usd'), [monthly])).toBeUndefined();
    expect(savedPercent(monthly, [monthly])).toBeUndefined();
  });

  it('names a plan by its words', () => {
    expect(planName('moddy_max')).toBe('Moddy Max');
  });
});
