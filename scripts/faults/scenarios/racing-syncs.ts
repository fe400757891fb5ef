import { deliveries, users } from '@moddy/backend/database/schema';
import { eq, sql } from 'drizzle-orm';
import { drain, until } from '../drain.ts';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const PRO = 'price_moddy_pro_month';
const MAX = 'price_moddy_max_month';

export const racingSyncs: Scenario = {
  name: 'two syncs of one customer race with opposite states',
  run: async (cluster) => {
    const { stripe, db, replicas } = cluster;
    const memberIds = addMembers(cluster, 3);
    const faults: string[] = [];
    const plan = async (discordId: string) => {
      const [user] = await db.select().from(users).where(eq(users.discordId, discordId));
      return user?.plan;
    };
    /** The other replica stands still, and takes no webhooks. */
    const onlyRuns = (index: 0 | 1) => {
      cluster.route(index);
      replicas[1 - index]?.signal('SIGSTOP');
      replicas[index]?.signal('SIGCONT');
    };
    for (const discordId of memberIds) {
      stripe.subscribe({ discordId, price: PRO });
      await until(
        () => plan(discordId),
        (stored) => stored === 'moddy_pro',
      );
      await drain(cluster);
      // The first one asks for the older state, and stands still before it has the answer.
      onlyRuns(0);
      const asked = stripe.requests.length;
      stripe.fail({ effect: 'late', path: '/v1/subscriptions', times: 1 });
      stripe.cancelAtPeriodEnd(discordId);
      await stripe.changes.until(() => stripe.requests.slice(asked).some(({ path }) => path === '/v1/subscriptions'));
      onlyRuns(1);
      stripe.changePrice(discordId, MAX);
      // Only after the lease of the first one: until then the customer is not taken over.
      await until(
        () => plan(discordId),
        (stored) => stored === 'moddy_max',
      );
      const overtaken = replicas[0]?.line('sync overtaken by another worker');
      stripe.faults.clear();
      replicas[0]?.signal('SIGCONT');
      await overtaken;
      // At this moment: no later event has repaired anything.
      if ((await plan(discordId)) !== 'moddy_max') faults.push(`${discordId}: the older state was written`);
    }
    const downgraded = await db.$count(deliveries, sql`${deliveries.message} ->> 'action' = 'plan_downgraded'`);
    if (downgraded > 0) faults.push(`${downgraded} messages about the older state`);
    cluster.route(0, 1);
    return { memberIds, faults };
  },
};
