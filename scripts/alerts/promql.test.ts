import { describe, expect, it } from 'vitest';
import { evaluate } from './promql.ts';
import { TimeSeries } from './series.ts';

/** One text per scrape, 30 s apart; `_` where a scrape lacks the series. */
function scraped(rows: Readonly<Record<string, string>>): TimeSeries {
  const series = new TimeSeries();
  for (let index = 0; index < 10; index += 1) {
    const lines = Object.entries(rows).flatMap(([name, values]) => {
      const value = values.split(' ')[index] ?? '_';
      return value === '_' ? [] : [`${name} ${value}`];
    });
    series.record({ instance: 'i' }, lines.join('\n'), index * 30);
  }
  return series;
}
const upTo = (factor: number) => Array.from({ length: 10 }, (_, index) => index * factor).join(' ');
const series = scraped({
  'm{a="x"}': '0 0 0 5 5 5 6 6 6 6',
  'm{a="y"}': '3 4 1 2 2 2 2 2 2 2',
  late: '_ _ _ 7 7 7 7 7 7 7',
  gone: '1 1 1',
  'h_bucket{le="1"}': upTo(1),
  'h_bucket{le="5"}': upTo(4),
  'h_bucket{le="+Inf"}': upTo(5),
});
const valuesOf = (expression: string, at: number) =>
  evaluate(expression, series, at).map(({ labels: { a = '' }, value }) => [a, Number(value.toFixed(6))]);

/** The expected values are those of promtool 2.42 for the same series. */
describe('an expression', () => {
  it.each([
    [
      'increase(m[2m])',
      215,
      [
        ['x', 1.333333],
        ['y', 0],
      ],
    ],
    [
      'increase(m[10m])',
      275,
      [
        ['x', 6.111111],
        ['y', 3.222222],
      ],
    ],
    // A series that begins with its first count has not grown.
    ['increase(late[10m])', 275, [['', 0]]],
    ['gone', 120, []],
    ['sum without (a) (rate(m[3m]))', 245, [['', 0.006667]]],
    ['histogram_quantile(0.5, rate(h_bucket[2m]))', 275, [['', 3]]],
    ['histogram_quantile(0.99, rate(h_bucket[2m]))', 275, [['', 5]]],
    ['m > 3 or late > 100', 275, [['x', 6]]],
    ['absent(gone)', 275, [['', 1]]],
    ['max(m) unless max(late)', 60, [['', 1]]],
    ['max(m) unless max(late)', 120, []],
  ] as const)('%s at %d s', (expression, at, expected) => {
    expect(valuesOf(expression, at)).toEqual(expected);
  });

  it.each(['avg(m)', 'm offset 5m', 'irate(m[5m])', 'm * on (a) m', 'm[5m]', '1 > 2', 'm{', ''])(
    'rejects %j',
    (expression) => {
      expect(() => evaluate(expression, series, 60)).toThrow(SyntaxError);
    },
  );
});
