import { eq, sql } from '../../database/drizzle.ts';
import { lockUnlessErased } from '../../database/lock-user.ts';
import { discordEvents, jobs, sessions, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import type { Visitor } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';

/**
 * Logs the user out everywhere and for as long as the deletion takes, and stores that they want it. What is left to do is
 * repeated until it is done, see `erase-users.ts`.
 */
export async function requestErasure(
  { db, now, wakeSchedule }: Pick<SiteDeps, 'db' | 'now' | 'wakeSchedule'>,
  { userId, discordId }: Visitor,
): Promise<void> {
  await transaction(db, async (tx) => {
    // A log-in that is being stored locks the user too: its session is seen here, or it sees the wish.
    const user = await lockUnlessErased(tx, userId);
    if (user === undefined) return;
    const erasureRequestedAt = user.erasureRequestedAt ?? now();
    await tx.update(users).set({ email: null, erasureRequestedAt }).where(eq(users.userId, userId));
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    await tx.delete(discordEvents).where(eq(discordEvents.discordId, discordId));
    await tx.update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.name, 'erase'));
  });
  wakeSchedule();
}
