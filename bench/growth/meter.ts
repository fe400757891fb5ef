import { query } from '@moddy/sandbox/postgres';
import { spreadOf } from '../measure.ts';

/** One thing whose cost is measured at every size. */
export interface Operation {
  readonly name: string;
  /** Does it once, or `units` times at once. */
  readonly run: (sample: number) => Promise<unknown>;
  readonly units?: number;
  readonly samples?: number;
  readonly warmUp?: number;
}

/** The cost of one unit of an operation. */
export interface Cost {
  /** Median. */
  readonly ms: number;
  /** Pages of 8 KiB that Postgres touched, in its cache or not: the same on a busy machine as on an idle one. */
  readonly buffers: number;
  readonly statements: number;
}

export type Meter = (operation: Operation) => Promise<Cost>;

/** Settings that a server needs for a meter. */
export const METERED = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '10000' } as const;

/** Counts the work of one database by pg_stat_statements, asked from another one so as not to count itself. */
export async function createMeter(adminUrl: string, databaseUrl: string): Promise<Meter> {
  await query(adminUrl, 'create extension if not exists pg_stat_statements');
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const work = async () => {
    const [row] = await query(
      adminUrl,
      `select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 as buffers,
              coalesce(sum(calls), 0)::float8 as statements
       from pg_stat_statements where dbid = (select oid from pg_database where datname = $1)`,
      [name],
    );
    return { buffers: Number(row?.buffers), statements: Number(row?.statements) };
  };
  return async ({ run, units = 1, samples = 30, warmUp = 3 }) => {
    for (let sample = 0; sample < warmUp; sample += 1) await run(sample);
    const before = await work();
    const times: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const startedAt = performance.now();
      await run(warmUp + sample);
      times.push(performance.now() - startedAt);
    }
    const after = await work();
    const perUnit = (key: keyof typeof after) => (after[key] - before[key]) / samples / units;
    return { ms: spreadOf(times).median / units, buffers: perUnit('buffers'), statements: perUnit('statements') };
  };
}
