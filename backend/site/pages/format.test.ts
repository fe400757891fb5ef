import { describe, expect, it } from 'vitest';
import { money, planName, savedPercent } from './format.ts';

const price = (amount: number, interval: 'month' | 'year', currency = 'eur') => ({
  priceId: 'price_1',
  amount,
  currency,
  interval,
  intervalCount: 1,
});

describe('what prices look like', () => {
  it.each([
    [999, 'eur', 'en', '€9.99'],
    [999, 'eur', 'fr', '9,99\u00a0€'],
    [1000, 'eur', 'en', '€10'],
    [500, 'jpy', 'en', 'JP¥500'],
    [1500, 'kwd', 'en', 'KWD\u00a01.5'],
    [50_000, 'isk', 'en', 'ISK\u00a0500'],
  ])('%i %s in %s is %s', (amount, currency, language, text) => {
    // Intl has its own opinion on trailing zeros of three-decimal currencies and on which space it uses.
    const plain = (value: string) => value.replaceAll('\u202f', '\u00a0').replace(/(\.\d*[1-9])0+$/, '$1');
    expect(plain(money({ amount, currency }, language))).toBe(text);
  });

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
