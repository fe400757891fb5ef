import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const DOWN_MS = 10_000;

export const postgresDown: Scenario = {
  name: "Postgres is down while webhooks arrive, then Stripe's retry",
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: 100 });
    await delay(1_000);
    await cluster.postgres.kill('SIGKILL');
    await delay(DOWN_MS);
    await load.stop();
    const refused = cluster.stripe.deliveries.records
      .flatMap(({ attempts }) => attempts)
      .filter(({ status }) => status === 503).length;
    await cluster.postgres.start();
    await cluster.reconnect();
    const faults = refused > 0 ? [] : ['no webhook was answered 503 while Postgres was down'];
    return { memberIds: load.memberIds, notes: [`answered 503: ${refused}`], faults };
  },
};
