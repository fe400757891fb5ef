/** One line of `/metrics`, or one element of a result. */
export type Labels = Readonly<Record<string, string>>;
export interface Sample {
  /** With the metric's name as `__name__`; a computed value has none. */
  readonly labels: Labels;
  readonly value: number;
}

export interface Series {
  readonly labels: Labels;
  /** In order of their time, in seconds; `NaN` where a scrape no longer had the series. */
  readonly points: { readonly at: number; readonly value: number }[];
}

/** How long an instant query still believes the last sample (Prometheus docs, "Staleness"). */
const LOOKBACK_SECONDS = 300;
/** More than the widest window of a rule. */
const KEPT_SECONDS = 7_200;

/** The samples of several targets over time, as a Prometheus server keeps them. */
export class TimeSeries {
  readonly #series = new Map<string, Series>();

  /**
   * Stores one scrape of a target. A series that this scrape lacks is stale from now on.
   *
   * @param text the body of `/metrics`; undefined when the target did not answer.
   */
  record(target: Labels, text: string | undefined, at: number): void {
    const samples = text === undefined ? [] : readText(text);
    const found = new Set<string>();
    for (const sample of [...samples, { labels: { __name__: 'up' }, value: text === undefined ? 0 : 1 }]) {
      const labels = { ...sample.labels, ...target };
      const key = keyOf(labels);
      found.add(key);
      const series = this.#series.get(key) ?? { labels, points: [] };
      series.points.push({ at, value: sample.value });
      if ((series.points[0]?.at ?? at) < at - KEPT_SECONDS) series.points.shift();
      this.#series.set(key, series);
    }
    for (const [key, { labels, points }] of this.#series) {
      const ofTarget = Object.entries(target).every(([name, value]) => labels[name] === value);
      if (ofTarget && !found.has(key)) points.push({ at, value: Number.NaN });
    }
  }

  /** The value of each matching series at a time; stale and outdated ones are left out. */
  instant(matches: (labels: Labels) => boolean, at: number): Sample[] {
    return this.#matching(matches).flatMap(({ labels, points }) => {
      const last = points.findLast((point) => point.at <= at);
      if (last === undefined || Number.isNaN(last.value) || at - last.at > LOOKBACK_SECONDS) return [];
      return [{ labels, value: last.value }];
    });
  }

  /** The samples of each matching series in the last `seconds`. */
  range(matches: (labels: Labels) => boolean, seconds: number, at: number): Series[] {
    return this.#matching(matches).map(({ labels, points }) => ({
      labels,
      points: points.filter((point) => point.at > at - seconds && point.at <= at && !Number.isNaN(point.value)),
    }));
  }

  #matching(matches: (labels: Labels) => boolean): Series[] {
    return [...this.#series.values()].filter(({ labels }) => matches(labels));
  }
}

export const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text format of Prometheus. @throws for a line that is none of it. */
function readText(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`Not a line of metrics: ${line}`);
      const pairs = [...labels.matchAll(LABEL)].map(([, label, quoted]) => [label, JSON.parse(`"${quoted}"`)]);
      return { labels: { __name__: name, ...Object.fromEntries(pairs) }, value: numberOf(value) };
    });
}

const numberOf = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
