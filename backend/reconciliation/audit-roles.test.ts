import { RetryLater } from '@moddy/runtime/errors';
import { expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { jobs, users } from '../database/schema.ts';
import { eventually } from '../testing/eventually.ts';
import { runCommand } from '../testing/start-command.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const holder = (discordId: string, administrator = false) => ({ discord_id: discordId, roles: ['987'], administrator });
const page = (next: string | null, ...holders: ReturnType<typeof holder>[]) => ({
  success: true,
  message: 'One page of members',
  holders,
  next,
});

const audit = ({ databaseUrl, bot }: TestBackend, ...args: string[]) =>
  runCommand('audit', args, { DATABASE_URL: databaseUrl, BOT_INTERNAL_URL: bot.url, INTERNAL_API_SECRET: SECRET });

const rolesSent = ({ bot }: TestBackend) =>
  bot.calls.flatMap((call) => (call.operation === 'updateUserRole' ? [[call.body.discord_id, call.body.plan]] : []));

it('audit lists holders without a plan on all pages; --sweep removes roles, except of administrators', async () => {
  const test = await startTestBackend();
  const db = test.backend.database.orm;
  await db.insert(users).values([
    { discordId: '11', plan: 'moddy_max' },
    { discordId: '12', plan: 'free' },
  ]);
  test.bot.control.pages = [page('12', holder('11'), holder('12')), page(null, holder('13'), holder('14', true))];

  expect(await audit(test)).toEqual({
    code: 0,
    out: "12: 987\n13: 987\n14: 987 (an administrator: keeps them)\n4 members hold a plan's role, 3 of them without a plan.\n",
    err: '',
  });
  expect(test.bot.calls).toEqual([]);

  expect((await audit(test, '--sweep')).out).toContain('2 updates of roles are pending');
  await test.bot.received(2);
  expect(rolesSent(test).toSorted()).toEqual([
    ['12', 'free'],
    ['13', 'free'],
  ]);
});

it('audit waits once for each page that Discord does not list yet, and does not restart', async () => {
  const test = await startTestBackend();
  const limit = () => new RetryLater('Discord limits the requests', 1);
  test.bot.control.pages = [limit(), page('11', holder('11')), limit(), page(null, holder('12'))];
  expect((await audit(test)).out).toContain("2 members hold a plan's role, 2 of them without a plan.");
  test.bot.control.pages = [page('11', holder('11')), limit(), limit()];
  expect(await audit(test)).toMatchObject({ code: 1, err: expect.stringContaining('listRoleHolders') });
});

it('audit --sweep removes nothing when too many would lose a role, unless forced', async () => {
  const test = await startTestBackend();
  test.bot.control.pages = [page(null, ...Array.from({ length: 21 }, (_, index) => holder(String(100 + index))))];
  const stopped = await audit(test, '--sweep');
  expect(stopped).toMatchObject({ code: 1, err: expect.stringContaining('21 of 21 holders would lose the role') });
  expect(test.bot.calls).toEqual([]);
  expect((await audit(test, '--sweep', '--force')).code).toBe(0);
  await test.bot.received(21);
});

it('audit --sweep keeps the role of a user who pays after the listing', async () => {
  const test = await startTestBackend({ DELIVERIES_PAUSED: 'all' });
  test.bot.control.pages = [page(null, holder('12'))];
  await audit(test, '--sweep');
  await test.backend.database.orm.update(users).set({ plan: 'moddy_pro' }).where(eq(users.discordId, '12'));
  await test.startReplica({ DELIVERIES_PAUSED: 'none' });
  await test.bot.received(1);
  expect(rolesSent(test)).toEqual([['12', 'moddy_pro']]);
});

it('audit names the cause when the bot cannot list: no access, an older version, RetryLater', async () => {
  const test = await startTestBackend();
  test.bot.control.pages = [
    { success: false, message: 'The bot has no access to the server', reason: 'guild_unavailable' },
  ];
  expect(await audit(test)).toMatchObject({ code: 1, err: 'The bot has no access to the server. Nothing was done.\n' });
  test.bot.control.lacks = ['listRoleHolders'];
  expect((await audit(test)).err).toBe(
    'The bot is of an older version than this service: deploy it first. Nothing was done.\n',
  );
  test.bot.control.lacks = [];
  test.bot.control.pages = [new RetryLater('Discord is not available', 60)];
  expect(await audit(test)).toMatchObject({ code: 1, err: expect.stringContaining('listRoleHolders') });
});

it('the weekly audit reports the number of holders without a plan and changes nothing', async () => {
  const test = await startTestBackend();
  const db = test.backend.database.orm;
  test.bot.control.pages = [page(null, holder('12'), holder('14', true))];
  const due = () =>
    db
      .update(jobs)
      .set({ dueAt: new Date(0) })
      .where(eq(jobs.name, 'audit'));
  const [registered] = await db.select().from(jobs).where(eq(jobs.name, 'audit'));
  expect((registered?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(6 * 24 * 60 * 60 * 1_000);
  await due();
  test.backend.schedule.wake();
  const job = () => db.select().from(jobs).where(eq(jobs.name, 'audit'));
  const [done] = await eventually(job, ([row]) => row?.outcome !== null);
  expect(done).toMatchObject({ outcome: "1 members hold a plan's role without a plan", alert: true });
  expect(test.bot.calls).toEqual([]);

  test.bot.control.lacks = ['listRoleHolders'];
  await due();
  test.backend.schedule.wake();
  const [older] = await eventually(job, ([row]) => row?.alert === false);
  expect(older?.outcome).toBe('The bot is of an older version than this service: deploy it first');
});
