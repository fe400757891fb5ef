import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A moment with its time zone. */
export const moment = () => timestamp({ withTimezone: true });
/** A primary key that the database counts up. */
export const id = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey();
