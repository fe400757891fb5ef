import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Orm } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { customers } from '../database/schema.ts';
import { claimCustomers } from '../queue/claim-sync.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { settleCustomer } from './settle-sync.ts';
import { syncNow } from './sync-now.ts';

/* The pauses end at once and move the time; `workers` says what the services do in the pause that begins at that moment. */

let db: Orm;
let waitedMs = 0;
let workers: Readonly<Record<number, () => Promise<unknown>>> = {};
replacePauses(async (ms) => {
  await workers[waitedMs]?.();
  waitedMs += ms;
});
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase() });
  db = database.orm;
  return () => database.close();
});
beforeEach(async () => {
  await db.delete(customers);
  const begunAt = Date.now();
  waitedMs = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => begunAt + waitedMs);
});
afterEach(() => void vi.restoreAllMocks());

const sync = (customerIds = ['cus_1']) =>
  syncNow(db, { customerIds, livemode: false, signal: new AbortController().signal });
const settleOne = async () => {
  const [claim] = await claimCustomers(db, 1);
  if (claim) await settleCustomer(db, claim, { userId: null, livemode: false, nextCheckAt: null });
};

it('ends after more than five seconds in which no service took the sync up, and polls every 50 ms', async () => {
  workers = {};
  expect(await sync()).toBe('nobody');
  expect(waitedMs).toBe(5_050);
});

it('ends after more than thirty seconds with a sync that a service took up and did not finish', async () => {
  workers = { 5000: () => claimCustomers(db, 1) };
  expect(await sync()).toBe('late');
  expect(waitedMs).toBe(30_050);
});

it('ends when the sync of each customer is done', async () => {
  workers = { 100: settleOne, 200: settleOne };
  expect(await sync(['cus_2', 'cus_1'])).toBe('done');
  expect(waitedMs).toBe(250);
});
