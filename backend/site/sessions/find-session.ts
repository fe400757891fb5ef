import { and, eq, gt } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { sessions, users } from '../../database/schema.ts';

/** Who is at the browser. */
export interface Visitor {
  readonly userId: number;
  readonly discordId: string;
  readonly name: string;
  readonly tokenHash: string;
}

export async function findSession(db: Queryable, tokenHash: string, now: Date): Promise<Visitor | undefined> {
  const [found] = await db
    .select({ userId: users.userId, discordId: users.discordId, name: sessions.name, tokenHash: sessions.tokenHash })
    .from(sessions)
    .innerJoin(users, eq(users.userId, sessions.userId))
    .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, now)));
  return found;
}
