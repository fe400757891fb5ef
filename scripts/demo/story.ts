import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify, styleText } from 'node:util';
import { and, eq } from '@moddy/backend/database/drizzle';
import { openDatabase } from '@moddy/backend/database/open';
import { discordEvents } from '@moddy/backend/database/schema';
import { createVisitor } from '@moddy/backend/site/testing/visitor';
import { MEMBER_ID, OTHER_MEMBER_ID, PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { createLocalSystem } from '../site/local-system.ts';
import { onHangup } from '../system/on-hangup.ts';

/*
 * The story of `make demo`, with both services as real processes, the real discord.js and the real Stripe SDK against
 * the sandboxes. Exit 0 when every step happened, else 1 with the step that did not.
 */

/** The time that a step may take, in milliseconds. */
const within = 15_000;
const PRICE = 'price_moddy_max_month';

const { url: databaseUrl, close: closeDatabase } = await openKeptDatabase({ name: 'moddy_demo', fresh: true });
const system = await createLocalSystem({ DATABASE_URL: databaseUrl });
const { discord, stripe, bot, backend, urls, lines } = system;
const cleanUp = async () => {
  await system.close('SIGKILL');
  await closeDatabase();
};
const interrupt = () => void cleanUp().finally(() => process.exit(1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
onHangup(interrupt);
const startedAt = performance.now();

/** Runs one step and prints it as it happens: `  1.2 s   +35 ms  ✓ a member pays for Moddy Max → message and role`. */
async function step(name: string, run: () => Promise<string | undefined>): Promise<void> {
  const stepStart = performance.now();
  const row = (mark: string, detail: string) => {
    const at = `${((stepStart - startedAt) / 1000).toFixed(1)} s`.padStart(7);
    const took = `+${Math.round(performance.now() - stepStart)} ms`.padStart(9);
    console.log(`${at} ${took}  ${mark} ${name}${detail === '' ? '' : styleText('gray', `  ${detail}`)}`);
  };
  try {
    row(styleText('green', '✓'), (await run()) ?? '');
  } catch (error) {
    row(styleText('red', '✗'), '');
    throw new Error(name, { cause: error });
  }
}

const nextYear = () => new Date(Date.now() + 365 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
/** Asks again and again, until it is so or the step's time is over. */
const until = async (isSo: () => Promise<boolean>) => {
  const end = Date.now() + within;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('It did not happen in time');
    await delay(50);
  }
};
const titleOf = (message: { embeds: { title?: string }[] }) => `“${message.embeds[0]?.title ?? ''}”`;

try {
  await step('bot and backend start', async () => {
    await Promise.all([bot.start(), backend.start()]);
    return `bot ${urls.botInternal}, backend ${urls.backendInternal}`;
  });
  await step('a member pays for Moddy Max → message and role', async () => {
    stripe.subscribe({ discordId: MEMBER_ID, price: PRICE });
    const message = await discord.waitForDm(MEMBER_ID, undefined, within);
    await discord.waitForRoles(MEMBER_ID, (roles) => roles.includes(PLAN_ROLE_ID), within);
    return titleOf(message);
  });
  await step('the member cancels → message, role gone', async () => {
    const before = discord.directMessages(MEMBER_ID).length;
    stripe.cancelNow(MEMBER_ID);
    await discord.waitForRoles(MEMBER_ID, (roles) => !roles.includes(PLAN_ROLE_ID), within);
    const isNew = (message: { id: string }) =>
      discord.directMessages(MEMBER_ID).findIndex(({ id }) => id === message.id) >= before;
    return titleOf(await discord.waitForDm(MEMBER_ID, isNew, within));
  });
  await step('the bot is stopped', async () => `exit code ${await bot.kill('SIGTERM')}`);
  await step('another member pays meanwhile → accepted, nothing sent', async () => {
    const synced = backend.line('customer synced');
    stripe.subscribe({ discordId: OTHER_MEMBER_ID, price: PRICE });
    await synced;
    if (discord.directMessages(OTHER_MEMBER_ID).length > 0) throw new Error('A message came without a bot');
    return 'waits in the outbox';
  });
  await step('the bot comes back → message and role arrive', async () => {
    await bot.start();
    const message = await discord.waitForDm(OTHER_MEMBER_ID, undefined, within);
    await discord.waitForRoles(OTHER_MEMBER_ID, (roles) => roles.includes(PLAN_ROLE_ID), within);
    return titleOf(message);
  });
  const { id: newcomer } = discord.addUser({ username: 'newcomer' });
  await step('a member joins the server → the backend has the event', async () => {
    const stored = backend.line('request');
    discord.join(newcomer);
    return `answered ${String((await stored).status)}`;
  });
  const { id: guest } = discord.addUser({ username: 'guest' });
  await step('somebody who is not on the server pays → the site adds them, message and role', async () => {
    const visitor = createVisitor(system.siteUrl);
    const consent = await visitor.get('/login');
    await visitor.post(consent.url, { user_id: guest });
    stripe.subscribe({ discordId: guest, price: PRICE });
    await until(async () => (await visitor.get('/checkout/success')).text.includes('href="/join'));
    await visitor.get('/join');
    await discord.waitForRoles(guest, (roles) => roles.includes(PLAN_ROLE_ID), within);
    return titleOf(await discord.waitForDm(guest, undefined, within));
  });
  await step('an operator gives a plan to the newcomer: make grant → message and role', async () => {
    const words = ['--user', newcomer, '--plan', 'moddy_max', '--until', nextYear(), '--reason', 'demo'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/run.ts', 'backend/operator/commands/grant.ts', ...words],
      { env: { ...process.env, ...system.variables.backend } },
    );
    await discord.waitForRoles(newcomer, (roles) => roles.includes(PLAN_ROLE_ID), within);
    await discord.waitForDm(newcomer, undefined, within);
    return stdout.trim();
  });
  await step('both stop in order, and the database has it all', async () => {
    const codes = await Promise.all([bot.kill('SIGTERM'), backend.kill('SIGTERM')]);
    if (codes.some((code) => code !== 0)) throw new Error(`Exit codes ${codes.join(' and ')}`);
    const database = openDatabase({ url: databaseUrl });
    const isJoin = and(eq(discordEvents.discordId, newcomer), eq(discordEvents.type, 'member_joined'));
    const joins = await database.orm.select().from(discordEvents).where(isJoin);
    await database.close();
    if (joins.length !== 1) throw new Error(`${joins.length} events of the join instead of one`);
    const counts = [MEMBER_ID, OTHER_MEMBER_ID, guest, newcomer].map((id) => discord.directMessages(id).length);
    if (counts.join() !== '2,1,1,1') throw new Error(`The members got ${counts.join()} messages instead of 2,1,1,1`);
    return 'each message once';
  });
  console.log(
    `demo passed: a payment became a message and a role, also across an outage (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`,
  );
} catch (error) {
  console.log(lines.slice(-30).join('\n'));
  console.error(error);
  console.log(styleText('red', `demo failed: ${error instanceof Error ? error.message : 'unknown step'}`));
  process.exitCode = 1;
} finally {
  await cleanUp();
}
