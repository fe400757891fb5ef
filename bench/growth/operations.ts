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
import { findStanding } from '@moddy/backend/site/account/find-standing';
import { findSession } from '@moddy/backend/site/sessions/session';
import { discordIdOf, RETENTION_DAYS } from './fill.ts';
import type { Operation } from './meter.ts';
import type { World } from './world.ts';

const BATCH = 100;
const CHUNK = 200;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a backend does of its own accord every second while nothing is to be done. */
export const idlePolls = ({ db }: World): readonly Operation[] => [
  { name: 'idle poll: deliveries', run: () => claimDeliveries(db, ['notify', 'roles'], 16) },
  { name: 'idle poll: syncs', run: () => requestDueSyncs(db).then(() => claimCustomers(db, 4)) },
  { name: 'idle poll: refunds', run: () => claimRefunds(db, 2) },
];

/** What a user causes, by the backend's own functions. */
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
    { name: 'event of Discord, alone', run: () => events.add(event('message_sent', '1')) },
    {
      name: `event of Discord, ${BATCH} at once`,
      run: () => Promise.all(Array.from({ length: BATCH }, () => events.add(event('message_sent', '1')))),
      units: BATCH,
    },
    {
      name: 'event of Discord, member_joined',
      run: (sample) => events.add(event('member_joined', discordIdOf(anyUser(sample)))),
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
      // Of every age there is something in each table, and each sample deletes the oldest.
      run: () =>
        prune(db, { before: new Date(Date.now() - (RETENTION_DAYS / 2) * DAY_MS), chunk: CHUNK, maxRows: CHUNK }),
      samples: 10,
    },
  ];
}

let events = 0;
function event(type: string, discordId: string): DiscordEvent {
  events += 1;
  return {
    type,
    discordId,
    metadata: { guild_id: '2', length: 12 },
    idempotencyKey: `bench-${events}`,
    requestHash: 'x'.repeat(64),
  };
}
