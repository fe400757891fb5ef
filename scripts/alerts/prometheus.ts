import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { evaluate, secondsOf } from './promql.ts';
import { TimeSeries } from './series.ts';

export interface Target {
  readonly instance: string;
  /** The current URL of the private port. */
  readonly url: () => string;
  readonly secret: string;
}

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  /** Seconds for which the expression has to hold. */
  readonly forSeconds: number;
  readonly annotations: { readonly meaning: string; readonly why: string; readonly cure: string };
}

const rule = z
  .strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().default('0s'),
    annotations: z.strictObject({ meaning: z.string(), why: z.string(), cure: z.string() }),
  })
  .transform(({ for: delay, ...rest }): Rule => ({ ...rest, forSeconds: secondsOf(delay) }));
const rulesFile = z.strictObject({
  groups: z.tuple([z.strictObject({ name: z.literal('moddy'), rules: z.array(rule) })]),
});

/** The rules of docs/alerts.md. @throws ZodError unless its last block of YAML is a rules file. */
export function readRules(): readonly Rule[] {
  const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
  const block = page.split('```yaml\n').at(-1)?.split('\n```')[0] ?? '';
  return rulesFile.parse(parse(block)).groups[0].rules;
}

/** Between two scrapes, in seconds; as docs/alerts.md advises. */
const SCRAPE_SECONDS = 30;
/** In which nothing is stale yet. */
const LONGEST_STEP_SECONDS = 240;

/** Scrapes services and evaluates the rules as a Prometheus server does, on a clock that its caller moves. */
export function createPrometheus(targets: readonly Target[]) {
  const rules = readRules();
  const series = new TimeSeries();
  /** Since when the expression of a rule has held. */
  const since = new Map<string, number>();
  let texts: readonly (readonly [instance: string, text: string | undefined])[] = [];
  let now = 0;
  const step = (seconds: number) => {
    now += seconds;
    for (const [instance, text] of texts) series.record({ job: 'moddy', instance }, text, now);
    for (const { alert, expr } of rules) {
      if (evaluate(expr, series, now).length === 0) since.delete(alert);
      else if (!since.has(alert)) since.set(alert, now);
    }
  };
  return {
    /** Scrapes every target, `seconds` after the scrape before. */
    scrape: async (seconds = SCRAPE_SECONDS) => {
      texts = await Promise.all(targets.map(async (target) => [target.instance, await fetchMetrics(target)] as const));
      step(seconds);
    },
    /** Lets time pass in which every target answers what it answered last. */
    pass: (seconds: number) => {
      for (let left = seconds; left > 0; left -= LONGEST_STEP_SECONDS) step(Math.min(left, LONGEST_STEP_SECONDS));
    },
    /** Alerts whose expression holds now, whether or not it has for long enough. */
    pending: () => rules.filter(({ alert }) => since.has(alert)).map(({ alert }) => alert),
    firing: () =>
      rules
        .filter(({ alert, forSeconds }) => now - (since.get(alert) ?? Number.POSITIVE_INFINITY) >= forSeconds)
        .map(({ alert }) => alert),
  };
}

async function fetchMetrics({ url, secret }: Target): Promise<string | undefined> {
  try {
    const response = await fetch(`${url()}/metrics`, {
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    // Not reachable: the target is down.
    return undefined;
  }
}
