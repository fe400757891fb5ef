import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { requestSyncs } from './request-sync.ts';

const MAX = 'price_moddy_max_month';
const CROWD = 1_500;
/** Before every id of Stripe. */
const crowdIds = Array.from({ length: CROWD }, (_, index) => `cus_!${String(index).padStart(5, '0')}`);

const waiting = ({ backend }: TestBackend) =>
  backend.database.orm.$count(customers, sql`${customers.wanted} > ${customers.done}`);

/** Somebody pays now: how many of the crowd still wait when they have their role? */
async function leftAfterPayment(system: TestBackend): Promise<number> {
  system.stripe.subscribe({ discordId: '7', price: MAX });
  await system.bot.received(2);
  return waiting(system);
}

describe('a payment does not wait behind', () => {
  it('the hourly look at parked customers', async () => {
    const system = await startTestBackend();
    await system.backend.database.orm.insert(customers).values(
      crowdIds.map((customerId) => ({
        customerId,
        livemode: false,
        parkedReason: 'other_account_or_mode',
        nextCheckAt: sql`now()`,
      })),
    );
    await eventually(
      () => waiting(system),
      (count) => count > 0,
    );
    expect(await leftAfterPayment(system)).toBeGreaterThan(100);
  });

  it('what a comparison with Stripe wants', async () => {
    const system = await startTestBackend();
    await transaction(system.backend.database.orm, (tx) =>
      requestSyncs(tx, crowdIds, { livemode: false, adopting: false }),
    );
    expect(await leftAfterPayment(system)).toBeGreaterThan(100);
  });

  it('itself: one that waits for its check is synced at once when its event comes', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    system.stripe.setWebhooks([]);
    const { customer } = system.stripe.subscribe({ discordId: '7', price: MAX });
    await orm.insert(customers).values({ customerId: 'cus_!', livemode: false });
    await transaction(orm, (tx) => requestSyncs(tx, [...crowdIds, customer], { livemode: false, adopting: false }));
    system.stripe.setWebhooks([{ url: `${system.publicUrl}/payments/webhook`, secret: 'whsec_test' }]);
    for (const { id } of system.stripe.books.named('test').ledger.events.newest()) system.stripe.resend(id);
    await system.bot.received(2);
    expect(await waiting(system)).toBeGreaterThan(100);
  });
});
