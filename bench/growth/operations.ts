import { findByDiscordId } from '@moddy/backend/billing/find-by-discord-id';
import { receiveEvent } from '@moddy/backend/billing/receive-event';
import { syncOrPostpone } from '@moddy/backend/billing/synchronizer';
import { transaction } from '@moddy/backend/database/transaction';
import { createGroupCommit } from '@moddy/backend/events/group-commit';
import { prune } from '@moddy/backend/events/prune';
import { type DiscordEvent, storeEvents } from '@moddy/backend/events/store-events';
import { checkHealth } from '@moddy/backend/health/check-health';
import { findSubjects } from '@moddy/backend/operator/find-subject';
import { formatStory } from '@moddy/backend/operator/format-story';
import { readStory } from '@moddy/backend/operator/read-story';
import { claimDeliveries } from '@moddy/backend/queue/claim-delivery';
import { claimRefunds } from '@moddy/backend/queue/claim-refund';
import { claimCustomers, requestDueSyncs } from '@moddy/backend/queue/claim-sync';
import { requestSync } from '@moddy/backend/queue/request-sync';
import { runComparison } from '@moddy/backend/reconciliation/reconcile';
import { findStanding } from '@moddy/backend/site/account/find-standing';
import { findSession } from '@moddy/backend/site/login/sessions';
import { createStripe } from '@moddy/backend/stripe-client';
import { nextEvent } from '../event.ts';
import { discordIdOf, RETENTION_DAYS } from './fill.ts';
import type { Operation } from './meter.ts';
import { startStripeAccount } from './stripe-account.ts';
import type { World } from './world.ts';

const BATCH = 100;
const CHUNK = 200;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The work of an idle backend: its polls every second, and a comparison with Stripe. */
export const atRest = (world: World): readonly Operation[] => [
  { name: 'idle poll: deliveries', run: () => claimDeliveries(world.db, ['notify', 'roles'], 16) },
  { name: 'idle poll: syncs', run: () => requestDueSyncs(world.db).then(() => claimCustomers(world.db, 4)) },
  { name: 'idle poll: refunds', run: () => claimRefunds(world.db, 2) },
  {
    name: 'reconciliation, per customer',
    run: () => reconcile(world),
    units: world.size.users,
    samples: 1,
    warmUp: 0,
  },
];

/** A whole comparison with Stripe in which nothing differs. */
async function reconcile(world: World): Promise<void> {
  const { users } = world.size;
  const account = await startStripeAccount(users);
  try {
    const stripe = createStripe('sk_test_bench', account.url);
    const deps = { ...world, stripe, signal: new AbortController().signal, onProgress: () => {} };
    const options = { dry: false, force: false, everyMs: 0 };
    const { listed, differences } = await runComparison(deps, 'reconcile', options);
    if (listed !== users || differences > 0) throw new Error(`${listed} listed, ${differences} differ`);
  } finally {
    await account.close();
  }
}

/** The work that a user causes, by the backend's own functions. */
export function operations(world: World): readonly Operation[] {
  const { db, size, newcomers, now, nextStripeEvent } = world;
  const anyUser = (sample: number) => 1 + ((sample * 7_919) % size.users);
  const events = createGroupCommit(
    (batch: readonly DiscordEvent[]) => storeEvents(db, batch),
    () => false,
  );
  const trace = async (who: string) => {
    const subjects = await findSubjects(db, who);
    if (subjects.length === 0) throw new Error(`Nobody is ${who}`);
    for (const subject of subjects)
      formatStory(await readStory(db, subject), { pastDueGraceMs: world.rules.pastDueGraceMs, now: now() });
  };
  const sync = async (customerId: string) => {
    await transaction(db, (tx) => requestSync(tx, { customerId, livemode: false }));
    for (const claim of await claimCustomers(db, 1)) await syncOrPostpone(world, claim);
  };
  const newcomer = (sample: number) => newcomers[sample % newcomers.length]?.customer ?? '';
  return [
    { name: 'sync: first subscription', run: (sample) => sync(newcomer(sample)) },
    { name: 'sync: nothing changed', run: (sample) => sync(newcomer(sample)) },
    { name: 'event of Stripe', run: () => receiveEvent(db, nextStripeEvent()) },
    { name: 'event of Discord, alone', run: () => events.add(nextEvent('message_sent', '1')) },
    {
      name: `event of Discord, ${BATCH} at once`,
      run: () => Promise.all(Array.from({ length: BATCH }, () => events.add(nextEvent('message_sent', '1')))),
      units: BATCH,
    },
    {
      name: 'event of Discord, member_joined',
      run: (sample) => events.add(nextEvent('member_joined', discordIdOf(anyUser(sample)))),
    },
    { name: 'trace by Discord id', run: (sample) => trace(discordIdOf(anyUser(sample))) },
    { name: 'trace by e-mail', run: (sample) => trace(`member-${anyUser(sample)}@example.com`) },
    { name: 'trace by customer id', run: (sample) => trace(`cus_${anyUser(sample)}`) },
    {
      name: 'unknown user',
      run: (sample) => findSubjects(db, `cus_nobody_${sample}`),
    },
    { name: 'user/info', run: (sample) => findByDiscordId(db, discordIdOf(anyUser(sample))) },
    {
      name: 'account page',
      run: async (sample) => {
        const visitor = await findSession(db, `token_${anyUser(sample)}`, now());
        if (visitor === undefined) throw new Error('The session was not found');
        const { pastDueGraceMs } = world.rules;
        await findStanding({ db, livemode: false, pastDueGraceMs, now }, visitor.userId);
      },
    },
    {
      name: 'health',
      run: () =>
        checkHealth({ ...world, plans: world.rules.plans, webhooks: { refused: undefined, acceptedAt: undefined } }),
    },
    {
      name: `retention, chunks of ${CHUNK}`,
      // Each table has rows of every age, and each sample deletes the oldest.
      run: () =>
        prune(db, { before: new Date(Date.now() - (RETENTION_DAYS / 2) * DAY_MS), chunk: CHUNK, maxRows: CHUNK }),
      samples: 10,
    },
  ];
}
