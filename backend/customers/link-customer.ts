import { eq } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { customers } from '../database/schema.ts';
import { OperatorError } from '../operator/errors.ts';
import { lockUser } from '../users/lock-user.ts';
import { wantSync } from './want-sync.ts';

/**
 * Says whose a Stripe customer is, for those that Stripe's metadata says nothing about, and wants a sync.
 * @throws {OperatorError} if it is somebody else's already: their plan would be left standing.
 */
export async function linkCustomer(
  db: Queryable,
  {
    customerId,
    discordId,
    livemode,
  }: { readonly customerId: string; readonly discordId: string; readonly livemode: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    // Makes and locks the customer's row, as a sync does, before the user's.
    await wantSync(tx, { customerId, livemode, discordIdHint: discordId });
    const user = await lockUser(tx, { discordId });
    const [customer] = await tx.select().from(customers).where(eq(customers.customerId, customerId));
    if (customer && customer.userId !== null && customer.userId !== user.userId) {
      throw new OperatorError(`${customerId} belongs to another user already (user id ${customer.userId}).`);
    }
    await tx.update(customers).set({ userId: user.userId }).where(eq(customers.customerId, customerId));
  });
}
