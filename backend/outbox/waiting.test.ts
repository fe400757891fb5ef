import { beforeEach, describe, expect, it } from 'vitest';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { storeEvents } from '../events/store-events.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { enqueueMessages } from './enqueue.ts';

const notHere = {
  notifyUser: { success: false, message: 'not here', notification_sent: false, reason: 'no_mutual_guild' as const },
};

describe('a message to a user outside the server', () => {
  let system: TestBackend;
  let userId: number;
  beforeEach(async () => {
    system = await startTestBackend();
    const inserted = await orm().insert(users).values({ discordId: '7', plan: 'moddy_max' }).returning();
    userId = inserted[0]?.userId ?? 0;
  });
  const orm = () => system.backend.database.orm;
  const enqueue = (...plans: string[]) =>
    transaction(orm(), async (tx) =>
      enqueueMessages(
        tx,
        await lockUser(tx, { userId }),
        plans.map((plan) => ({
          action: 'plan_upgraded' as const,
          plan,
          customerId: null,
          interval: null,
          change: null,
          effectiveAt: null,
        })),
      ),
    );
  const rows = () => orm().select().from(deliveries).orderBy(deliveries.deliveryId);
  const states = async () => (await rows()).map(({ state, outcome }) => [state, outcome]);
  const settled = () => eventually(rows, (all) => all.every(({ state }) => state !== 'pending'));
  const join = (key: string) =>
    storeEvents(orm(), [
      { type: 'member_joined', discordId: '7', metadata: null, idempotencyKey: key, requestHash: key },
    ]);
  const wait = async (...plans: string[]) => {
    for (const _ of plans) system.bot.next(() => notHere);
    await enqueue(...plans);
    await settled();
  };

  it('waits outside the lane and is sent when the user joins', async () => {
    await wait('a');
    expect(await states()).toEqual([['waiting', 'no_mutual_guild']]);
    await join('first');
    expect(await settled()).toMatchObject([{ state: 'done', outcome: 'sent', attempts: 2 }]);
    const keys = system.bot.calls.map((call) => 'key' in call && call.key);
    expect(new Set(keys).size).toBe(1);
  });
});
