import { deliveries, users } from '@moddy/backend/database/schema';
import { eq } from 'drizzle-orm';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

export const poison: Scenario = {
  name: 'a delivery that the bot refuses is parked and its lane goes on',
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 3);
    const synced = cluster.nextLine('customer synced');
    const [poisoned = ''] = memberIds;
    cluster.stripe.subscribe({ discordId: poisoned, price: 'price_moddy_pro_month' });
    await synced;
    const [user] = await cluster.db.select().from(users).where(eq(users.discordId, poisoned));
    const message = {
      action: 'plan_upgraded',
      customerId: null,
      interval: null,
      change: null,
      effectiveAt: null,
    } as const;
    await cluster.db
      .insert(deliveries)
      .values({ userId: user?.userId ?? 0, kind: 'notify', message: { ...message, plan: 'x'.repeat(70_000) } });
    cluster.stripe.changePrice(poisoned, 'price_moddy_max_month');
    for (const discordId of memberIds.slice(1)) cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
    return { memberIds, parked: 1 };
  },
};
