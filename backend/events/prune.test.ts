import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { deliveries, discordEvents, stripeEvents, users } from '../database/schema.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { prune } from './prune.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const before = ago(90);

describe('prune', () => {
  let database: Database;
  let userId: number;
  beforeAll(async () => {
    database = openDatabase({ url: await createMigratedDatabase() });
    const rows = await database.orm.insert(users).values({ discordId: '7' }).returning();
    userId = rows[0]?.userId ?? 0;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of [deliveries, discordEvents, stripeEvents]) await database.orm.delete(table);
  });
  const events = (count: number, days: number) =>
    database.orm.insert(discordEvents).values(
      Array.from({ length: count }, () => ({
        type: 'member_joined',
        discordId: '7',
        requestHash: '',
        receivedAt: ago(days),
      })),
    );

  it('deletes only old events and old done deliveries', async () => {
    const { orm } = database;
    await events(3, 91);
    await events(2, 89);
    const event = { type: 'invoice.paid', createdAt: ago(91) };
    await orm.insert(stripeEvents).values([
      { ...event, eventId: 'evt_old', receivedAt: ago(91) },
      { ...event, eventId: 'evt_new' },
    ]);
    const old = { userId, kind: 'notify' as const, createdAt: ago(91) };
    await orm.insert(deliveries).values([
      { ...old, state: 'done', settledAt: ago(91) },
      { ...old, state: 'done', settledAt: ago(1) },
      { ...old, state: 'parked', settledAt: ago(91) },
      { ...old, state: 'pending' },
    ]);
    expect(await prune(orm, { before })).toEqual({ discord_events: 3, stripe_events: 1, deliveries: 1, reversals: 0 });
    expect(await orm.$count(discordEvents)).toBe(2);
    expect((await orm.select().from(deliveries)).map(({ state }) => state).toSorted()).toEqual([
      'done',
      'parked',
      'pending',
    ]);
  });

  it('deletes in chunks and leaves rows above its maximum to the next run', async () => {
    await events(25, 91);
    const chunks: number[] = [];
    const onProgress = async (deleted: number) => void chunks.push(deleted);
    const options = { before, chunk: 10, maxRows: 22, onProgress };
    expect(await prune(database.orm, options)).toMatchObject({ discord_events: 22 });
    expect(chunks).toEqual([10, 20, 22]);
    expect(await prune(database.orm, options)).toMatchObject({ discord_events: 3 });
  });

  it('keeps the deletions made so far when it is stopped', async () => {
    await events(25, 91);
    const onProgress = () => Promise.reject(new Error('stopping'));
    await expect(prune(database.orm, { before, chunk: 10, onProgress })).rejects.toThrow('stopping');
    expect(await database.orm.$count(discordEvents)).toBe(15);
  });
});
