import { setTimeout as delay } from 'node:timers/promises';
import type { Slot } from '../../system/slot.ts';
import type { Cluster } from '../cluster.ts';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

/** Longer than the client's deadline and than any lease. */
const STOPPED_MS = 14_000;

/** A process stands still with calls in hand, the plans change meanwhile, and then the old calls go on. */
const stoppedPastLease = (name: string, who: (cluster: Cluster) => Slot | undefined): Scenario => ({
  name,
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 10);
    cluster.discord.fail({ path: '/guilds/*', delayMs: 1_500, times: 40 });
    for (const discordId of memberIds) cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
    await delay(1_000);
    who(cluster)?.signal('SIGSTOP');
    await delay(500);
    memberIds.forEach((discordId, index) => {
      if (index % 2 === 0) cluster.stripe.cancelNow(discordId);
      else cluster.stripe.changePrice(discordId, 'price_moddy_pro_month');
    });
    await delay(STOPPED_MS);
    cluster.discord.clearFaults();
    who(cluster)?.signal('SIGCONT');
    return { memberIds };
  },
});

export const botHangs = stoppedPastLease('the bot hangs past the lease while plans change', ({ bot }) => bot);
export const replicaHangs = stoppedPastLease(
  'a replica hangs past the lease while plans change',
  ({ replicas }) => replicas[0],
);
