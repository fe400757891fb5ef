import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

const rowsOf = async (metrics: Metrics, name: string) =>
  (await metrics.text()).split('\n').filter((row) => row.startsWith(name));

describe('metrics', () => {
  it('are written in the Prometheus text format with escaped labels', async () => {
    const metrics = new Metrics();
    const calls = metrics.counter('calls_total', 'Calls.', [{ outcome: 'ok' }, { outcome: 'failed' }]);
    calls.inc({ outcome: 'a "b"\n\\c' });
    calls.inc({ outcome: 'ok' }, 2);
    calls.inc({ outcome: 'ok' });
    expect(await metrics.text()).toContain(
      '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{outcome="ok"} 3\ncalls_total{outcome="failed"} 0\ncalls_total{outcome="a \\"b\\"\\n\\\\c"} 1\n',
    );
  });
  it('count an observation in every bucket that includes it', async () => {
    const metrics = new Metrics();
    const durations = metrics.histogram('seconds', 'Time.', ['operation']);
    for (const seconds of [0.005, 0.03, 20]) durations.observe({ operation: 'x' }, seconds);
    const rows = await rowsOf(metrics, 'seconds');
    expect(rows).toContain('seconds_bucket{le="0.005",operation="x"} 1');
    expect(rows).toContain('seconds_bucket{le="0.025",operation="x"} 1');
    expect(rows).toContain('seconds_bucket{le="0.05",operation="x"} 2');
    expect(rows).toContain('seconds_bucket{le="10",operation="x"} 2');
    expect(rows).toContain('seconds_bucket{le="+Inf",operation="x"} 3');
    expect(rows).toContain('seconds_sum{operation="x"} 20.035');
    expect(rows).toContain('seconds_count{operation="x"} 3');
  });
  it('read a gauge at each scrape and omit one that fails', async () => {
    const metrics = new Metrics();
    let value = 1;
    metrics.gauge('good', 'Good.', () => value);
    metrics.gauge('bad', 'Bad.', () => Promise.reject(new Error('no database')));
    expect(await rowsOf(metrics, 'good')).toEqual(['good 1']);
    value = 2;
    expect(await rowsOf(metrics, 'good')).toEqual(['good 2']);
    expect(await rowsOf(metrics, 'bad')).toEqual([]);
  });
  it('have unique names within one registry', () => {
    const metrics = new Metrics();
    metrics.counter('calls_total', 'Calls.');
    expect(() => metrics.counter('calls_total', 'Calls.')).toThrow('already been registered');
    new Metrics().counter('calls_total', 'Calls.');
  });
});
