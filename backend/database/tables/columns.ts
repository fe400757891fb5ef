import { bigint, type PgColumn, type SQL, sql, timestamp } from '../drizzle.ts';

/** A moment with its time zone. */
export const moment = () => timestamp({ withTimezone: true });
/** A primary key that the database counts up. */
export const id = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey();
/** The order in which rows with a text id are locked: that of `toSorted()`, whatever the database's collation. */
export const inLockOrder = (id: PgColumn): SQL => sql`${id} collate "C"`;
