import { PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { createDatabase } from '@moddy/sandbox/postgres';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { everyPage } from './every-page.ts';
import { journeyOf } from './journey.ts';
import { launchBrowser } from './launch-browser.ts';
import { type LocalSystem, startLocalSystem } from './local-system.ts';

/** Both services, the real bot, a real Chromium; Discord and Stripe are the local ones. */
describe('the site in a browser', () => {
  let system: LocalSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([
      startLocalSystem({ DATABASE_URL: await createDatabase(inject('postgresUrl')) }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  it.each([
    { language: 'en', javaScript: true, ends: 'Ends on' },
    { language: 'fr', javaScript: true, ends: 'Prend fin le' },
    { language: 'en', javaScript: false, ends: 'Ends on' },
    { language: 'fr', javaScript: false, ends: 'Prend fin le' },
  ])(
    'log in, subscribe, upgrade, cancel: $language, JavaScript $javaScript',
    async ({ language, javaScript, ends }) => {
      const { discord } = system;
      const { id: discordId } = discord.addUser();
      discord.join(discordId);
      const context = await browser.newContext({ locale: language, javaScriptEnabled: javaScript });
      const page = await context.newPage();
      const complaints = complaintsOf(page, system.siteUrl);
      const steps = journeyOf(page, system);

      await steps.open('/');
      expect(await page.getAttribute('html', 'lang')).toBe(language);
      await steps.choose('price_moddy_pro_month');
      await page.click(`a[href*="/login?price="]`);
      await steps.agreeAtDiscord(discordId);
      await steps.goToPayment();
      await steps.pay();
      await steps.arrive();
      expect(discord.directMessages(discordId)).toHaveLength(1);

      await page.click('main a[href="/account"]');
      await steps.goToPortal();
      await page.selectOption('select[name="price"]', 'price_moddy_max_month');
      await page.click('button[value="switch"]');
      await discord.waitForRoles(discordId, (roles) => roles.includes(PLAN_ROLE_ID), 10_000);
      await page.click('button[value="cancel-at-period-end"]');
      await discord.waitForDm(discordId, () => discord.directMessages(discordId).length === 3, 10_000);
      await steps.leaveStripe();
      const card = page.locator('section', { has: page.locator('#subscription') });
      expect(await card.innerText()).toContain('Moddy Max');
      expect(await card.innerText()).toContain(ends);

      await page.click('footer a');
      expect(await page.getAttribute('html', 'lang')).not.toBe(language);
      expect(complaints).toEqual([]);
      await page.click('form[action="/logout"] button');
      await steps.open('/account');
      expect(await page.locator('form[action="/logout"]').count()).toBe(0);
      await context.close();
    },
  );

  it('has no accessibility fault on any page, wide and light or narrow and dark', { timeout: 600_000 }, async () => {
    const fresh = await startLocalSystem({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });
    try {
      // In the longer language.
      const page = await browser.newPage({ locale: 'fr' });
      const seen: string[] = [];
      const faults: string[] = [];
      await everyPage(page, fresh, async (name) => {
        seen.push(name);
        for (const theme of THEMES) {
          await page.setViewportSize({ width: theme.width, height: 800 });
          await page.emulateMedia({ colorScheme: theme.colorScheme });
          for (const fault of await faultsOf(page)) faults.push(`${name} at ${theme.width}: ${fault}`);
          if (await isWiderThanScreen(page)) faults.push(`${name} is wider than ${theme.width}`);
          if (!(await hasHeaderOnOneRow(page))) faults.push(`the header of ${name} has two rows at ${theme.width}`);
        }
      });
      expect(faults).toEqual([]);
      expect(seen.length).toBeGreaterThan(20);
    } finally {
      await fresh.close();
    }
  });
});

const THEMES = [
  { width: 1200, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
] as const;

/** Resources that the browser blocks or cannot load on the site's own pages, and requests that leave them. */
function complaintsOf(page: Page, siteUrl: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && message.location().url.startsWith(siteUrl)) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const from = request.frame().url();
    if (from.startsWith(siteUrl) && !request.isNavigationRequest() && !request.url().startsWith(siteUrl)) {
      complaints.push(`${from} asks for ${request.url()}`);
    }
  });
  return complaints;
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

const isWiderThanScreen = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

const hasHeaderOnOneRow = (page: Page) =>
  page.evaluate<boolean>(`(() => {
    const boxes = [...document.querySelectorAll('.bar img, .bar li')].map((each) => each.getBoundingClientRect());
    const middles = boxes.map(({ top, bottom }) => (top + bottom) / 2);
    return Math.max(...middles) - Math.min(...middles) < 12;
  })()`);
