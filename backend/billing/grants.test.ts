import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { grants, jobs, users } from '../database/schema.ts';
import { findSubjects } from '../operator/find-subject.ts';
import { formatStory } from '../operator/format-story.ts';
import { readStory } from '../operator/read-story.ts';
import { runComparison } from '../reconciliation/reconcile.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { runCommand } from '../testing/start-command.ts';
import { PLAN_PRICES, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { GrantRejected, giveGrant, revokeGrants } from './grants.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
let system: TestBackend;
beforeAll(
  cleaningUp(async (end) => {
    system = await startTestBackend({}, end);
  }),
);
const db = () => system.backend.database.orm;
const deps = () => ({ ...operatorDeps(system), now: () => new Date(system.stripe.nowMs()) });
const inDays = (days: number) => new Date(system.stripe.nowMs() + days * DAY_MS);
const give = (discordId: string, plan: string, days = 10) =>
  giveGrant(deps(), discordId, { plan, endsAt: inDays(days), author: 'olivia', reason: 'an apology' });
const userOf = async (discordId: string) => (await db().select().from(users).where(eq(users.discordId, discordId)))[0];
const sentTo = (discordId: string) =>
  system.bot.calls.flatMap((call) =>
    call.operation === 'notifyUser' && call.body.discord_id === discordId
      ? [[call.body.action, call.body.metadata?.change ?? null, call.body.plan]]
      : [],
  );
const rolesOf = (discordId: string) =>
  system.bot.calls.flatMap((call) =>
    call.operation === 'updateUserRole' && call.body.discord_id === discordId ? [call.body.plan] : [],
  );
const settled = (discordId: string, plan: string, messages: number) =>
  eventually(
    async () => [sentTo(discordId).length, rolesOf(discordId).at(-1)],
    ([count, last]) => count === messages && last === plan,
  );
/** The job runs as if its minute had come. Stripe's clock stays: messages would be too old to be sent. */
async function timePasses() {
  await db()
    .update(jobs)
    .set({ dueAt: new Date(0) })
    .where(eq(jobs.name, 'grants'));
  system.backend.schedule.wake();
}

it('a grant gives an unknown user plan, role and message until it ends', async () => {
  expect(await give('501', 'moddy_max', 10)).toMatchObject({ plan: 'moddy_max' });
  await settled('501', 'moddy_max', 1);
  const [notice] = system.bot.calls.filter((call) => call.operation === 'notifyUser' && call.body.discord_id === '501');
  expect(notice?.body).toMatchObject({ plan: 'moddy_max', metadata: { change: 'granted' } });
  // Not a moment earlier.
  await timePasses();
  await eventually(
    () => db().select().from(jobs).where(eq(jobs.name, 'grants')),
    ([job]) => job?.outcome === '0 ended',
  );
  expect((await userOf('501'))?.plan).toBe('moddy_max');
  const userId = (await userOf('501'))?.userId ?? 0;
  await db()
    .update(grants)
    .set({ endsAt: inDays(0) })
    .where(eq(grants.userId, userId));
  await timePasses();
  await settled('501', 'free', 2);
  expect(sentTo('501')).toEqual([
    ['subscription_updated', 'granted', 'moddy_max'],
    ['subscription_updated', 'grant_ended', 'free'],
  ]);
  expect(rolesOf('501')).toEqual(['moddy_max', 'free']);
});

it('a higher grant replaces the plan of a subscription, and its revocation restores that plan', async () => {
  system.stripe.subscribe({ discordId: '502', price: 'price_moddy_pro_month' });
  await settled('502', 'moddy_pro', 1);
  await give('502', 'moddy_max');
  await settled('502', 'moddy_max', 2);
  const userId = (await userOf('502'))?.userId ?? 0;
  expect(await revokeGrants(deps(), userId)).toEqual({ count: 1, plan: 'moddy_pro' });
  await settled('502', 'moddy_pro', 3);
  expect(sentTo('502').slice(1)).toEqual([
    ['subscription_updated', 'granted', 'moddy_max'],
    ['subscription_updated', 'grant_ended', 'moddy_pro'],
  ]);
  expect(await revokeGrants(deps(), userId)).toEqual({ count: 0, plan: 'moddy_pro' });
});

it('a lower grant changes nothing for a subscriber', async () => {
  system.stripe.subscribe({ discordId: '503', price: 'price_moddy_max_month' });
  await settled('503', 'moddy_max', 1);
  expect(await give('503', 'moddy_pro')).toMatchObject({ plan: 'moddy_max' });
  expect((await userOf('503'))?.revision).toBe(1);
});

it('a subscription to the granted plan sends subscription_created, and its end keeps the granted plan', async () => {
  await give('504', 'moddy_pro', 300);
  await settled('504', 'moddy_pro', 1);
  const { subscription } = system.stripe.subscribe({ discordId: '504', price: 'price_moddy_pro_month' });
  await settled('504', 'moddy_pro', 2);
  expect(sentTo('504')[1]).toEqual(['subscription_created', null, 'moddy_pro']);
  system.stripe.cancelNow(subscription);
  const user = await eventually(
    () => userOf('504'),
    (row) => row?.interval === null,
  );
  expect(user).toMatchObject({ plan: 'moddy_pro', revision: 1 });
  expect(sentTo('504')).toHaveLength(2);
});

it('a grant is no difference for reconciliation', async () => {
  await give('505', 'moddy_max');
  await settled('505', 'moddy_max', 1);
  const compared = await runComparison(deps(), 'reconcile', { dry: true, force: false, everyMs: DAY_MS });
  expect(compared).toMatchObject({ differences: 0, entitlementsChanged: 0, plansReplaced: 0 });
  expect((await userOf('505'))?.plan).toBe('moddy_max');
});

it('a grant is rejected while the account is being deleted', async () => {
  await db().insert(users).values({ discordId: '506', erasureRequestedAt: new Date() });
  await expect(give('506', 'moddy_max')).rejects.toBeInstanceOf(GrantRejected);
  const rows = await db().select().from(grants).innerJoin(users, eq(users.userId, grants.userId));
  expect(rows.filter(({ users: { discordId } }) => discordId === '506')).toEqual([]);
});

const run = (name: string, ...args: string[]) =>
  runCommand(name, args, {
    DATABASE_URL: system.databaseUrl,
    STRIPE_API_KEY: system.stripe.apiKey,
    STRIPE_API_URL: system.stripe.url,
    PLAN_PRICES: JSON.stringify(PLAN_PRICES),
  });

it('the commands grant, grants and revoke print one line per result or fault', async () => {
  const year = new Date().getUTCFullYear() + 1;
  const args = [
    '--user',
    '507',
    '--plan',
    'moddy_max',
    '--until',
    `${year}-03-31`,
    '--reason',
    'staff',
    '--author',
    'o',
  ];
  const given = await run('grant', ...args);
  expect(given).toMatchObject({ code: 0, err: '' });
  expect(given.out).toMatch(
    new RegExp(`^Grant \\d+: Discord user 507 has moddy_max until ${year}-03-31T23:59:59\\.999Z\\.\\n$`),
  );
  expect((await run('grants')).out).toContain(
    `Discord user 507, moddy_max until ${year}-03-31T23:59:59.999Z, by o: staff`,
  );
  const [subject] = await findSubjects(db(), '507');
  expect(
    subject && formatStory(await readStory(db(), subject), { pastDueGraceMs: 0, now: new Date() }).join('\n'),
  ).toMatch(/grant \d+: moddy_max until .*, by o: staff/);
  expect(await run('revoke', '--user', '507')).toEqual({
    code: 0,
    out: '1 ended: Discord user 507 has plan free now.\n',
    err: '',
  });
  expect(await run('revoke', '--user', '507')).toMatchObject({ code: 1, err: 'Discord user 507 has no grant.\n' });
  const wrong = (name: string, value: string) => {
    const changed = [...args];
    changed[changed.indexOf(name) + 1] = value;
    return run('grant', ...changed);
  };
  expect((await wrong('--plan', 'moddy_ultra')).err).toContain(
    'moddy_ultra is not a plan of PLAN_PRICES. Nothing was done.',
  );
  expect(await wrong('--until', '2027-02-30')).toMatchObject({
    code: 2,
    err: expect.stringContaining('no day 2027-02-30'),
  });
});
