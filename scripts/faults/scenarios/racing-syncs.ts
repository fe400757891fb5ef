import { setTimeout as delay } from 'node:timers/promises';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

export const racingSyncs: Scenario = {
  name: 'two syncs of one customer race with opposite states',
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 10);
    for (const discordId of memberIds) cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
    await delay(1_500);
    for (const discordId of memberIds) {
      // The older state is read first and arrives last: from the replica that stands still with it in hand.
      cluster.stripe.fail({ effect: 'slow', path: '/v1/subscriptions', times: 1, delayMs: 300 });
      cluster.stripe.cancelAtPeriodEnd(discordId);
      await delay(100);
      cluster.replicas[0]?.signal('SIGSTOP');
      cluster.stripe.cancelNow(discordId);
      await delay(700);
      cluster.replicas[0]?.signal('SIGCONT');
    }
    // One that loses its lease with the older state in hand, and one that takes over.
    const [longest = ''] = memberIds;
    cluster.stripe.subscribe({ discordId: longest, price: 'price_moddy_max_month' });
    await delay(50);
    cluster.replicas[0]?.signal('SIGSTOP');
    cluster.stripe.cancelNow(longest);
    await delay(8_000);
    cluster.replicas[0]?.signal('SIGCONT');
    return { memberIds };
  },
};
