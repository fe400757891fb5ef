import { expect } from 'vitest';
import type { Orm } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from './eventually.ts';

/** Resolves when that many connections of this database wait for a lock. */
export async function lockAwaited(db: Orm, count = 1): Promise<void> {
  const waiting = sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await eventually(
    () => db.execute(waiting),
    ({ rowCount }) => rowCount === count,
  );
}

/** While another transaction holds user 1, the work waits and has changed nothing of the state; then it changes something. */
export async function expectUserAwaited(
  db: Orm,
  state: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = await state();
  let working: Promise<unknown> | undefined;
  await transaction(db, async (tx) => {
    await lockUser(tx, { userId: 1 });
    working = work();
    await lockAwaited(db);
    expect(await state()).toEqual(before);
  });
  await working;
  expect(await state()).not.toEqual(before);
}
