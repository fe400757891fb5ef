import { money } from '@moddy/runtime/money';
import { describe, expect, it } from 'vitest';
import { formatParked } from './operator/format-parked.ts';

/** Which kind of space, and a minor unit of zeros, are the library's choice. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('the text of a Stripe amount', () => {
  it.each([
    [999, 'eur', 'en', '€9.99'],
    [999, 'eur', 'fr', '9,99 €'],
    [1000, 'eur', 'en', '€10'],
    [500, 'jpy', 'en', 'JP¥500'],
    [12_340, 'kwd', 'en', 'KWD 12.340'],
    // Without a smaller unit, and counted in hundredths all the same.
    [50_000, 'isk', 'en', 'ISK 500'],
    [370_000, 'ugx', 'en', 'UGX 3,700'],
    // Hundredths for Stripe, though nobody pays with them: Intl shows none.
    [349_000, 'huf', 'fr', '3 490 HUF'],
    [14_950, 'twd', 'en', 'NT$149.50'],
    [12_345, 'idr', 'en', 'IDR 123.45'],
    // And the reverse.
    [5_000, 'mga', 'en', 'MGA 5,000'],
  ])('%i %s in %s is %s', (amount, currency, language, text) => {
    expect(plain(money({ amount, currency }, language))).toBe(text);
  });

  it('is the same on the terminal', () => {
    const refund = { kind: 'refund', reversalId: 1, amount: 50_000, currency: 'isk', customerId: 'cus_1' } as const;
    const parked = { customers: [], failing: [], deliveries: [], roles: [], alerts: [], notShown: 0 };
    const reversals = [refund] as unknown as Parameters<typeof formatParked>[0]['reversals'];
    expect(plain(formatParked({ ...parked, reversals }).join())).toContain('refund 1 (ISK 500, cus_1)');
  });
});
