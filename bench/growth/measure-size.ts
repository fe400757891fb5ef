import type { Postgres } from '@moddy/sandbox/postgres';
import { forgetWaiting, sizeOf } from './fill.ts';
import type { Cost } from './meter.ts';
import { idlePolls, operations } from './operations.ts';
import { measureReconciliation } from './reconcile.ts';
import { measureWaiting } from './waiting.ts';
import { createWorld } from './world.ts';

/** The cost of everything on a database of one size, by name. */
export async function measureSize(
  postgres: Postgres,
  times: number,
  progress: (text: string) => void,
): Promise<ReadonlyMap<string, Cost>> {
  const costs = new Map<string, Cost>();
  const startedAt = performance.now();
  const report = (what: string) =>
    progress(`${times}×: ${what} (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
  const world = await createWorld(postgres, sizeOf(times));
  report('filled');
  try {
    for (const operation of idlePolls(world)) costs.set(operation.name, await world.meter(operation));
    costs.set('reconciliation, per customer', await measureReconciliation(world));
    report('reconciled');
    for (const operation of operations(world)) costs.set(operation.name, await world.meter(operation));
    report('operations measured');
    await forgetWaiting(world.url);
    await measureWaiting(world, (name, cost) => costs.set(name, cost));
    report('backlogs measured');
  } finally {
    await world.close();
  }
  return costs;
}
