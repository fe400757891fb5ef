import { deliveries, users } from '@moddy/backend/database/schema';
import { and, eq, isNotNull } from 'drizzle-orm';
import { until } from '../drain.ts';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

export const killedBeforeCommit: Scenario = {
  name: "kill -9 of the replicas between the bot's success and their commit",
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 5);
    for (const discordId of memberIds) {
      // Discord is slow until we hold the row that the replica will want to settle.
      cluster.discord.fail({ method: 'POST', path: '/channels/:id/messages', delayMs: 1_000 });
      cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      const [claimed] = await until(
        () =>
          cluster.db
            .select({ deliveryId: deliveries.deliveryId })
            .from(deliveries)
            .innerJoin(users, eq(users.userId, deliveries.userId))
            .where(
              and(eq(users.discordId, discordId), eq(deliveries.kind, 'notify'), isNotNull(deliveries.leaseUntil)),
            ),
        (rows) => rows.length === 1,
      );
      await cluster.db.transaction(async (tx) => {
        await tx
          .select()
          .from(deliveries)
          .where(eq(deliveries.deliveryId, claimed?.deliveryId ?? 0))
          .for('update');
        await cluster.discord.waitForDm(discordId, undefined, 10_000);
        await Promise.all(cluster.replicas.map((replica) => replica.kill('SIGKILL')));
      });
      await Promise.all(cluster.replicas.map((replica) => replica.start()));
    }
    return { memberIds };
  },
};
