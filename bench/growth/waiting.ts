import { measureBackend } from '@moddy/backend/health/metrics';
import { send } from '@moddy/backend/outbox/send';
import { postpone, settleMessage } from '@moddy/backend/outbox/settle';
import { type Claim, claimDeliveries } from '@moddy/backend/queue/claim-delivery';
import { claimCustomers, requestDueSyncs } from '@moddy/backend/queue/claim-sync';
import { Metrics } from '@moddy/runtime/metrics';
import { bulk, fillWaiting, refresh } from './fill.ts';
import type { Operation } from './meter.ts';
import type { World } from './world.ts';

/** A bot that is busy says when to come again; this long, so that nothing becomes due while it is measured. */
const NOT_NOW_MS = 60 * 60 * 1_000;
const AT_ONCE = 500;
/** Most customers that one query takes whose period has ended. */
const CHECKS = 500;

/** Measures deliveries and polls while many wait: to be sent, held back by an operator, by the bot, by Stripe. */
export async function measureWaiting(world: World, measure: (operation: Operation) => Promise<void>): Promise<void> {
  const { db, url, size, bot } = world;
  const setCustomers = async (columns: string) => {
    await bulk(url, `update customers set ${columns}`);
    await refresh(url, 'customers');
  };
  await fillWaiting(url, size);
  const metrics = new Metrics();
  measureBackend(metrics, world);
  await measure({ name: 'metrics, one scrape, all waiting', run: () => metrics.text() });
  await measure({
    name: 'delivery, all others waiting',
    run: async () => {
      for (const claim of await claimDeliveries(db, ['notify', 'roles'], 1)) {
        const { outcome, detail } = await send(bot, claim);
        await settleMessage(db, claim, outcome, detail);
      }
    },
  });
  await measure({ name: 'poll, all messages paused', run: () => none(claimDeliveries(db, ['roles'], 16)) });

  await measure({
    name: 'delivery postponed by the bot',
    run: async () => {
      for (const claim of await claimDeliveries(db, ['notify', 'roles'], 1)) await reject(db, claim);
    },
  });

  await postponeAll(world);
  await refresh(url, 'deliveries');
  await measure({
    name: 'poll, all postponed by the bot',
    run: () => none(claimDeliveries(db, ['notify', 'roles'], 16)),
  });
  // Every customer wants a sync and Stripe has just failed each, as `releaseCustomer` leaves them.
  await setCustomers(`wanted = done + 1, failures = 3, retry_at = now() + interval '5 minutes'`);
  await measure({ name: 'poll, all syncs failing', run: () => none(claimCustomers(db, 4)) });
  // The same without a failure: an import, or a new price for everybody.
  await setCustomers('wanted = done + 1, failures = 0, retry_at = null, lease_until = null');
  await measure({ name: 'claim of a sync, all waiting', run: () => claimCustomers(db, 1) });
  // Everybody's period has ended, as after an outage that was too long.
  await setCustomers(`wanted = done, retry_at = null, next_check_at = now() - interval '1 hour'`);
  await measure({
    name: 'poll, all periods ended',
    run: async () => {
      const count = await requestDueSyncs(db);
      if (count !== CHECKS) throw new Error(`One query raised ${count} customers`);
    },
    units: CHECKS,
    samples: 1,
    warmUp: 0,
  });
}

/** Every head of a lane is claimed and answered "not now", as while Discord is down. */
async function postponeAll({ db }: World): Promise<void> {
  for (;;) {
    const claims = await claimDeliveries(db, ['notify', 'roles'], AT_ONCE);
    if (claims.length === 0) return;
    await Promise.all(claims.map((claim) => reject(db, claim)));
  }
}

const reject = (db: World['db'], claim: Claim) =>
  postpone(db, claim, { retryInMs: NOT_NOW_MS, consumed: false, detail: 'busy' });

async function none(claimed: Promise<readonly unknown[]>): Promise<void> {
  const { length } = await claimed;
  if (length > 0) throw new Error(`${length} were claimed although none may be`);
}
