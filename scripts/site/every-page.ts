import { MEMBER_ID } from '@moddy/sandbox/discord/world/seed';
import { query } from '@moddy/sandbox/postgres';
import type { Page } from 'playwright-core';
import { journeyOf } from './journey.ts';
import type { LocalSystem } from './local-system.ts';

type Subscription = ReturnType<LocalSystem['stripe']['cancelNow']>;

const STORED = [
  ['confirm', 'update subscriptions set action_required = true'],
  ['lapsed', `update users set plan = 'free'`],
  ['ended', `update subscriptions set status = 'canceled', ended_at = now()`],
  [
    'granted',
    `with given as (update users set plan = 'moddy_max' returning user_id)
     insert into grants (user_id, plan, ends_at, author, reason) select user_id, 'moddy_max', '2100-01-31', 'o', 'x' from given`,
  ],
] as const;

/** A sync takes a moment; a page that never shows it has to end too. */
const MOST_LOADS = 200;

/** Walks through a whole life on the site and calls back on every page there is, by its name. */
export async function everyPage(
  page: Page,
  system: LocalSystem,
  theme: (name: string) => Promise<void>,
): Promise<void> {
  const { open, agreeAtDiscord, rejectAtDiscord, choose, goToPayment, pay, arrive, goToPortal, leaveStripe } =
    journeyOf(page, system);
  const { discord, stripe } = system;
  const notices = () => discord.directMessages(MEMBER_ID).length;
  const after = async (happening: () => unknown) => {
    const before = notices();
    await happening();
    await discord.waitForDm(MEMBER_ID, () => notices() > before, 10_000);
  };

  /** Something happens at Stripe that the bot says nothing of; waits until the account page shows this state. */
  const becomes = async (state: string, change: (subscription: Subscription) => void) => {
    const { ledger } = stripe.books.named('test');
    const [subscription] = ledger.subscriptions.filter(({ metadata }) => metadata.discord_id === MEMBER_ID);
    if (subscription === undefined) throw new Error('The member has no subscription');
    ledger.update('customer.subscription.updated', subscription, () => change(subscription));
    await stripe.deliveries.idle();
    for (let loads = 0; loads < MOST_LOADS; loads += 1) {
      await open('/account');
      if ((await page.locator(`.badge.${state}`).count()) > 0) return;
    }
    throw new Error(`The account page does not show ${state}: ${await page.locator('main').innerText()}`);
  };

  await open('/');
  await theme('plans');
  await choose('price_moddy_pro_month');
  await theme('subscribe-logged-out');
  await open('/account');
  await theme('login-needed');
  await open('/login');
  await rejectAtDiscord();
  await theme('login-denied');
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(MEMBER_ID);
  await theme('subscribe');
  // The page would move on by itself under the eyes of its judge.
  await page.route(/looks=1$/, (route) => route.abort('aborted'));
  await open('/checkout/success');
  await theme('waiting');
  await open('/checkout/success?looks=30');
  await page.unroute(/looks=1$/);
  await theme('waiting-long');
  await open('/checkout/cancelled');
  await theme('cancelled');
  await open('/account');
  await theme('account-free');
  await open('/subscribe?price=price_moddy_pro_month');
  await goToPayment();
  await pay();
  await arrive();
  await theme('success');
  await open('/subscribe?price=price_moddy_max_year');
  await theme('already');
  await open('/account');
  await goToPortal();
  await page.selectOption('select[name="price"]', 'price_moddy_max_year');
  await after(() => page.click('button[value="switch"]'));
  await leaveStripe();
  await theme('account-from-portal');
  await open('/account');
  await page.waitForSelector('.told li:nth-child(2)');
  await theme('account');
  await open('/');
  await theme('plans-subscribed');
  await open('/nowhere');
  await theme('not-found');
  await becomes('collection_paused', (subscription) => {
    subscription.pause_collection = { behavior: 'void', resumes_at: null };
  });
  await theme('account-collection-paused');
  await becomes('active', (subscription) => {
    subscription.pause_collection = null;
  });
  await after(() => stripe.cancelAtPeriodEnd(MEMBER_ID));
  await open('/account');
  await theme('account-ending');
  await after(() => stripe.undoCancel(MEMBER_ID));
  await after(() => stripe.failPayment(MEMBER_ID));
  await open('/account');
  await theme('account-late');
  await open('/subscribe?price=price_moddy_pro_month');
  await theme('already-late');
  for (const status of ['unpaid', 'incomplete', 'paused'] as const) {
    await becomes(status, (subscription) => {
      subscription.status = status;
    });
    await theme(`account-${status}`);
  }
  await becomes('trial', (subscription) => {
    subscription.status = 'trialing';
  });
  await theme('account-trial');
  await becomes('late', (subscription) => {
    subscription.status = 'past_due';
  });
  // States that take weeks, or a bank, are written as the service stores them.
  for (const [state, change] of STORED) {
    await query(system.variables.backend.DATABASE_URL, change);
    await open('/account');
    await page.locator(`.badge.${state}`).waitFor();
    await theme(`account-${state}`);
  }
  await query(system.variables.backend.DATABASE_URL, 'delete from grants');
  await becomes('active', (subscription) => {
    subscription.status = 'active';
  });
  await open('/account/delete');
  await theme('delete');
  await page.check('input[name="confirm"]');
  await after(() => page.click('form[action="/account/delete"] button'));
  await theme('deleted');
  await open('/login');
  await agreeAtDiscord(MEMBER_ID);
  await theme('being-deleted');
  stripe.outage();
  // Discord's page lists who is known when it opens.
  const newcomer = discord.addUser().id;
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(newcomer);
  await goToPayment();
  await theme('stripe-down');
  stripe.faults.clear();
}
