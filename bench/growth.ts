import { startPostgres } from '@moddy/sandbox/postgres';
import { measureSize } from './growth/measure-size.ts';
import { METERED } from './growth/meter.ts';
import { measureReplicas } from './growth/replicas.ts';
import { growthOf, type Row, renderReplicas, renderTable, verdictOf } from './growth/table.ts';

/*
 * What one sync, delivery, poll, event, trace and the rest cost at 1×, 10× and 100× of everything stored, by the
 * backend's own functions on a real Postgres with fsync; then what several replicas do together. Ends with 1 if a cost
 * grows worse than logarithmically. `--json` prints figures for machines.
 */

const TIMES = [1, 10, 100];
const json = process.argv.includes('--json');
const progress = (text: string) => console.error(text);

const postgres = await startPostgres({ settings: { fsync: 'on', max_wal_size: '4GB', ...METERED } });
try {
  const sizes: ReadonlyMap<string, Row['costs'][number]>[] = [];
  for (const times of TIMES) sizes.push(await measureSize(postgres, times, progress));
  const rows = [...(sizes[0]?.keys() ?? [])].map(
    (name): Row => ({ name, costs: sizes.flatMap((size) => size.get(name) ?? []) }),
  );
  const replicas = await measureReplicas(postgres, progress);
  const judged = rows.map((row) => ({ ...row, growthPerDecade: growthOf(row.costs), verdict: verdictOf(row.costs) }));
  if (json) console.log(JSON.stringify({ times: TIMES, rows: judged, replicas }, null, 2));
  else console.log(`${renderTable(rows, TIMES)}\n\n${renderReplicas(replicas)}`);
  process.exitCode = judged.some(({ verdict }) => verdict === 'worse') ? 1 : 0;
} finally {
  await postgres.stop();
}
