import { MEMBER_ID } from '@moddy/sandbox/discord/world/seed';
import type { Page } from 'playwright-core';
import { journeyOf } from './journey.ts';
import type { LocalSystem } from './local-system.ts';

/** Walks through a whole life on the site and calls back on every page there is, by its name. */
export async function everyPage(page: Page, system: LocalSystem, look: (name: string) => Promise<void>): Promise<void> {
  const { open, agreeAtDiscord, refuseAtDiscord, choose, goToPayment, pay, arrive, goToPortal, leaveStripe } =
    journeyOf(page, system);
  const { discord, stripe } = system;
  const told = () => discord.directMessages(MEMBER_ID).length;
  const after = async (happening: () => unknown) => {
    const before = told();
    await happening();
    await discord.waitForDm(MEMBER_ID, () => told() > before, 10_000);
  };

  await open('/');
  await look('plans');
  await choose('price_moddy_pro_month');
  await look('subscribe-logged-out');
  await open('/account');
  await look('login-needed');
  await open('/login');
  await refuseAtDiscord();
  await look('login-denied');
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(MEMBER_ID);
  await look('subscribe');
  await open('/checkout/success');
  await look('waiting');
  await open('/checkout/success?looks=30');
  await look('waiting-long');
  await open('/checkout/cancelled');
  await look('cancelled');
  await open('/account');
  await look('account-free');
  await open('/subscribe?price=price_moddy_pro_month');
  await goToPayment();
  await pay();
  await arrive();
  await look('success');
  await open('/subscribe?price=price_moddy_max_year');
  await look('already');
  await open('/account');
  await goToPortal();
  await page.selectOption('select[name="price"]', 'price_moddy_max_year');
  await after(() => page.click('button[value="switch"]'));
  await leaveStripe();
  await look('account-from-portal');
  await open('/account');
  await page.waitForSelector('.told li:nth-child(2)');
  await look('account');
  await open('/');
  await look('plans-subscribed');
  await open('/nowhere');
  await look('not-found');
  await after(() => stripe.failPayment(MEMBER_ID));
  await open('/account');
  await look('account-late');
  await open('/account/delete');
  await look('delete');
  await page.check('input[name="confirm"]');
  await after(() => page.click('form[action="/account/delete"] button'));
  await look('deleted');
  stripe.outage();
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(MEMBER_ID);
  await goToPayment();
  await look('stripe-down');
  stripe.faults.clear();
}
