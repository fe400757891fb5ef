import { startPostgres } from '@moddy/sandbox/postgres';
import { sizeOf } from './growth/fill.ts';
import { type Cost, METERED, type Operation } from './growth/meter.ts';
import { atRest, operations } from './growth/operations.ts';
import { measureReplicas } from './growth/replicas.ts';
import { growthText, verdictOf } from './growth/verdict.ts';
import { measureWaiting } from './growth/waiting.ts';
import { createWorld } from './growth/world.ts';

/*
 * `make growth`: what one sync, delivery, poll, event, trace and the rest cost at 1×, 10× and 100× of everything stored,
 * by the backend's own functions on a real Postgres with fsync; then what several replicas do together. Ends with 1 if a
 * cost grows worse than logarithmically.
 */

const TIMES = [1, 10, 100];

const startedAt = performance.now();
const progress = (text: string) => console.error(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${text}`);
const costs = new Map<string, readonly Cost[]>();

async function measureSize(times: number): Promise<void> {
  const world = await createWorld(postgres, sizeOf(times));
  const measure = async (operation: Operation) => {
    costs.set(operation.name, [...(costs.get(operation.name) ?? []), await world.meter(operation)]);
  };
  try {
    for (const operation of atRest(world)) await measure(operation);
    for (const operation of operations(world)) await measure(operation);
    await measureWaiting(world, measure);
    progress(`${times}×: measured`);
  } finally {
    await world.close();
  }
}

const postgres = await startPostgres({ settings: { fsync: 'on', max_wal_size: '4GB', ...METERED } });
try {
  for (const times of TIMES) await measureSize(times);
  const replicas = await measureReplicas(postgres);
  console.log(`${growthText(costs, TIMES)}\n\n${replicas}`);
  const worse = [...costs].filter(([, each]) => verdictOf(each) === 'worse').map(([name]) => name);
  console.log(
    `\ngrowth: ${worse.length === 0 ? `${costs.size} costs, none grows worse than logarithmically` : `worse: ${worse.join('; ')}`}`,
  );
  process.exitCode = worse.length === 0 ? 0 : 1;
} finally {
  await postgres.stop();
}
