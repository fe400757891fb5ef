export type Labels = Readonly<Record<string, string>>;

/** One value of a gauge that has labels. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly read: () => Iterable<string> | Promise<Iterable<string>>;
}

export interface Counter {
  add(labels?: Labels, amount?: number): void;
}

export interface Histogram {
  observe(labels: Labels, seconds: number): void;
}

/** What a gauge's reading may take: whoever scrapes gives up after ten seconds. */
const READ_DEADLINE_MS = 2_000;
/** Upper bounds in seconds: from an answer out of memory to a call that nobody waits for any more. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of one service, in the text format of Prometheus 0.0.4. One registry per service: nothing is global. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #startedAt = Date.now() / 1_000;

  constructor() {
    this.gauge('process_start_time_seconds', 'When this process started, in Unix time.', () => this.#startedAt);
    this.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  }

  counter(name: string, help: string): Counter {
    const values = new Map<string, number>();
    this.#add({
      name,
      help,
      type: 'counter',
      read: () => [...values].map(([labels, value]) => `${name}${labels} ${value}`),
    });
    return {
      add: (labels = {}, amount = 1) => {
        const key = textOf(labels);
        values.set(key, (values.get(key) ?? 0) + amount);
      },
    };
  }

  histogram(name: string, help: string): Histogram {
    const series = new Map<
      string,
      { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }
    >();
    const rows = () =>
      [...series.values()].flatMap(({ labels, counts, sum, count }) => [
        ...BUCKETS.map((le, index) => `${name}_bucket${textOf({ ...labels, le: String(le) })} ${counts[index] ?? 0}`),
        `${name}_bucket${textOf({ ...labels, le: '+Inf' })} ${count}`,
        `${name}_sum${textOf(labels)} ${sum}`,
        `${name}_count${textOf(labels)} ${count}`,
      ]);
    this.#add({ name, help, type: 'histogram', read: rows });
    return {
      observe: (labels, seconds) => {
        const key = textOf(labels);
        const one = series.get(key) ?? { labels, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
        series.set(key, one);
        one.sum += seconds;
        one.count += 1;
        for (const [index, bound] of BUCKETS.entries()) {
          if (seconds <= bound) one.counts[index] = (one.counts[index] ?? 0) + 1;
        }
      },
    };
  }

  /** @param read looked up at each scrape; what fails or takes too long is left out of it, so that `absent()` tells. */
  gauge(
    name: string,
    help: string,
    read: () => number | readonly Sample[] | Promise<number | readonly Sample[]>,
  ): void {
    this.#add({
      name,
      help,
      type: 'gauge',
      read: async () => {
        const value = await withDeadline(async () => read());
        const samples = typeof value === 'number' ? [{ value }] : value;
        return samples.map((sample) => `${name}${textOf(sample.labels ?? {})} ${sample.value}`);
      },
    });
  }

  async text(): Promise<string> {
    const blocks = await Promise.all(
      [...this.#metrics.values()].map(async ({ name, help, type, read }) => {
        try {
          return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...(await read())];
        } catch {
          return []; // Its absence is what the alert looks at.
        }
      }),
    );
    return `${blocks.flat().join('\n')}\n`;
  }

  #add(metric: Metric): void {
    if (this.#metrics.has(metric.name)) throw new Error(`The metric ${metric.name} exists already`);
    this.#metrics.set(metric.name, metric);
  }
}

/** Labels in the order given; escaped as the format asks. */
function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escapeOne)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeOne = (character: string) => (character === '\n' ? '\\n' : `\\${character}`);

async function withDeadline<Result>(read: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), READ_DEADLINE_MS);
  });
  return Promise.race([read(), late]).finally(() => clearTimeout(timer));
}
