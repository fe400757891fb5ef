import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEMBER_ID, OTHER_MEMBER_ID } from '@moddy/sandbox/discord/world/seed';
import type { Page } from 'playwright-core';
import { journeyOf } from './journey.ts';
import { launchBrowser } from './launch-browser.ts';
import { startLocalSystem } from './local-system.ts';

/*
 * `node scripts/site/pictures.ts [folder] [--all]`: takes the site's pictures for docs/pictures/, light and dark, wide
 * and narrow; `--all` takes every page in every look, to judge a change of the design.
 */

const all = process.argv.includes('--all');
const folder =
  process.argv.slice(2).find((each) => !each.startsWith('--')) ??
  fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1200, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1200, height: 800 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const;
/** What docs/pictures/ holds. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  plans: ['light', 'dark', 'phone', 'phone-dark'],
  subscribe: ['light'],
  success: ['light', 'dark'],
  account: ['light', 'dark', 'phone'],
  fault: ['light'],
};

await mkdir(folder, { recursive: true });
const dataDir = path.join(await mkdtemp(path.join(tmpdir(), 'moddy-pictures-')), 'data');
const system = await startLocalSystem({ DATA_DIR: dataDir });
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ locale: 'en' });
  const { open, agreeAtDiscord, choose, goToPayment, pay, arrive, goToPortal, leaveStripe } = journeyOf(page, system);
  const member = MEMBER_ID;

  await open('/');
  await take(page, 'plans');
  await choose('price_moddy_pro_month');
  await take(page, 'subscribe-logged-out');
  await open('/account');
  await take(page, 'fault');
  await open('/login?price=price_moddy_pro_month');
  await agreeAtDiscord(member);
  await take(page, 'subscribe');
  await open('/checkout/success');
  await take(page, 'waiting');
  await open('/checkout/success?looks=30');
  await take(page, 'waiting-long');
  await open('/checkout/cancelled');
  await take(page, 'cancelled');
  await open('/account');
  await take(page, 'account-free');
  await open('/subscribe?price=price_moddy_pro_month');
  await goToPayment();
  await pay();
  await arrive();
  await take(page, 'success');
  await open('/subscribe?price=price_moddy_max_year');
  await take(page, 'already');
  await open('/account');
  await goToPortal();
  await page.selectOption('select[name="price"]', 'price_moddy_max_year');
  const told = system.discord.directMessages(member).length;
  await page.click('button[value="switch"]');
  await system.discord.waitForDm(member, () => system.discord.directMessages(member).length > told, 10_000);
  await leaveStripe();
  await take(page, 'account-from-portal');
  await open('/account');
  await take(page, 'account');
  await open('/');
  await take(page, 'plans-subscribed');
  await open('/account/delete');
  await take(page, 'delete');
  system.stripe.failPayment(member);
  await system.discord.waitForDm(member, () => system.discord.directMessages(member).length > told + 1, 10_000);
  await open('/account');
  await take(page, 'account-late');
  await open('/nowhere');
  await take(page, 'not-found');

  const french = await browser.newPage({ locale: 'fr' });
  const steps = journeyOf(french, system);
  await steps.open('/');
  await take(french, 'plans-fr');
  await steps.open('/login');
  await steps.agreeAtDiscord(OTHER_MEMBER_ID);
  await take(french, 'account-fr');
} catch (error) {
  console.error(system.lines.slice(-20).join('\n'));
  throw error;
} finally {
  await browser.close();
  await system.close();
  await rm(path.dirname(dataDir), { recursive: true, force: true });
}

async function take(page: Page, name: string): Promise<void> {
  for (const look of LOOKS) {
    if (!all && !KEPT[name]?.includes(look.name)) continue;
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: path.join(folder, `${name}-${look.name}.png`), fullPage: true });
  }
}
