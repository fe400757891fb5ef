import { MEMBER_ID } from '@moddy/sandbox/discord/world/seed';
import type { Page } from 'playwright-core';
import { journeyOf } from './journey.ts';
import type { LocalSystem } from './local-system.ts';

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
  await open('/checkout/success');
  await theme('waiting');
  await open('/checkout/success?looks=30');
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
  await after(() => stripe.failPayment(MEMBER_ID));
  await open('/account');
  await theme('account-late');
  await open('/account/delete');
  await theme('delete');
  await page.check('input[name="confirm"]');
  await after(() => page.click('form[action="/account/delete"] button'));
  await theme('deleted');
  await open('/login');
  await agreeAtDiscord(MEMBER_ID);
  await theme('being-deleted');
  stripe.outage();
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(discord.addUser().id);
  await goToPayment();
  await theme('stripe-down');
  stripe.faults.clear();
}
