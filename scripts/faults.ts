import { startVitest } from 'vitest/node';
import { startCluster } from './faults/cluster.ts';
import { databaseFaults } from './faults/database-state.ts';
import { drain } from './faults/drain.ts';
import type { Scenario } from './faults/scenario.ts';
import * as backlog from './faults/scenarios/backlog.ts';
import * as database from './faults/scenarios/database.ts';
import * as discordOutages from './faults/scenarios/discord-outages.ts';
import * as groupCommit from './faults/scenarios/killed-in-group-commit.ts';
import * as kills from './faults/scenarios/kills.ts';
import * as outages from './faults/scenarios/outages.ts';
import * as racingSyncs from './faults/scenarios/racing-syncs.ts';
import { findings } from './faults/truth.ts';
import { reasonOf, runProofs, type Verdict } from './system/run-proofs.ts';

/*
 * `make faults`: real processes, a real Postgres, real signals. Every scenario has a cluster of its own and is judged
 * by comparing what the members have at Discord with what Stripe says they are entitled to. `make faults ONLY=secret`
 * runs those whose name holds the word; `LONG=1` takes faults of the database to their full length.
 */

const SCENARIOS: readonly Scenario[] = [
  ...Object.values(outages),
  ...Object.values(kills),
  ...Object.values(discordOutages),
  ...Object.values(groupCommit),
  ...Object.values(racingSyncs),
  ...Object.values(backlog),
  ...Object.values(database),
];
/** Seconds from the last fault until nothing is pending. */
const DRAIN_GOAL_SECONDS = 10;

await runProofs('faults', SCENARIOS, judge);
if (!process.argv[2]) await randomLives();

/** A thousand random lives of subscribers, of a seed that is printed; sets the exit code itself. */
async function randomLives(): Promise<void> {
  process.env.LIVES = '1000';
  process.env.LIVES_SEED ??= String(Date.now() % 1_000_000);
  const vitest = await startVitest('test', ['scripts/lives'], { run: true, watch: false });
  await vitest.close();
}

async function judge(scenario: Scenario): Promise<Verdict> {
  const cluster = await startCluster(scenario.cluster);
  const { logs } = cluster;
  try {
    const { memberIds, parked = 0, notes = [], faults = [] } = await scenario.run(cluster);
    const seconds = scenario.drains === false ? 0 : await drain(cluster);
    const found = await findings(cluster, memberIds, parked);
    const { accepted, effects, absorbed, outOfOrder, lost, duplicated } = found;
    const counts = `accepted ${accepted} · effects ${effects} · duplicates absorbed ${absorbed} · duplicate effects ${duplicated} · out of order ${outOfOrder} · lost ${lost} · drained in ${seconds.toFixed(1)} s`;
    const late =
      seconds > DRAIN_GOAL_SECONDS ? [`drained in ${seconds.toFixed(1)} s instead of ${DRAIN_GOAL_SECONDS} s`] : [];
    return {
      notes: [counts, ...notes],
      faults: [...faults, ...found.faults, ...(await databaseFaults(cluster)), ...late],
      logs,
    };
  } catch (error) {
    return { notes: [], faults: [reasonOf(error)], logs };
  } finally {
    await cluster.close();
  }
}
