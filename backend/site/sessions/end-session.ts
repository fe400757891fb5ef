import { eq } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { sessions } from '../../database/schema.ts';

export async function endSession(db: Queryable, tokenHash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash));
}
