import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { withDeadline } from './deadline.ts';

/** One value of a gauge that has labels. */
export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

type Reading<Label extends string> = readonly Sample<Label>[] | number | undefined;

/** The deadline of a gauge's reading: a scraper gives up after ten seconds. */
const READ_DEADLINE_MS = 2_000;
/** Upper bounds in seconds: from an answer out of memory to a call that nobody waits for any more. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of one service, kept and written by prom-client. One registry per service: nothing is global. */
export class Metrics {
  readonly #registry = new Registry();

  constructor() {
    const startedAt = Date.now() / 1_000;
    this.gauge('process_start_time_seconds', 'When this process started, in Unix time.', () => startedAt);
    this.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  }

  /**
   * @param series labels that are there from the start, with 0: `increase()` does not see the first count of a series,
   *   so an alert on one that begins with a fault would stay silent.
   */
  counter<Label extends string = never>(
    name: string,
    help: string,
    series: readonly Readonly<Record<Label, string | number>>[] = [],
    labelNames = Object.keys(series[0] ?? {}) as Label[],
  ): Counter<Label> {
    const counter = new Counter({ name, help, labelNames, registers: [this.#registry] });
    for (const labels of series) counter.inc(labels, 0);
    return counter;
  }

  histogram<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [this.#registry] });
  }

  /**
   * @param read called at each scrape. A reading that is undefined, fails or takes too long leaves no value, so that
   *   `absent()` finds it.
   */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    read: () => Reading<Label> | Promise<Reading<Label>>,
    labelNames: Label[] = [],
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      async collect() {
        const reading = await withDeadline(READ_DEADLINE_MS, async () => read()).catch(() => undefined);
        this.reset();
        if (typeof reading === 'number') this.set(reading);
        // A gauge without labels is 0 where nothing was set, which would be a reading.
        else if (labelNames.length === 0) this.remove();
        else for (const { labels, value } of reading ?? []) this.set(labels, value);
      },
    });
  }

  /** All of them, in the text format of Prometheus 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
