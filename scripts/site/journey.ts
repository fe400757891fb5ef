import type { Page } from 'playwright-core';
import type { LocalSystem } from './local-system.ts';

/** Everything a visitor does on the site, in words of the page; each step ends on the page that follows. */
export function journeyOf(page: Page, { siteUrl }: Pick<LocalSystem, 'siteUrl'>) {
  return {
    open: (path: string) => page.goto(`${siteUrl}${path}`),
    /** Agrees on Discord's page, as the user with this id. */
    agreeAtDiscord: (discordId: string) => page.click(`button[value="${discordId}"]`),
    rejectAtDiscord: () => page.click('button[value=""]'),
    choose: async (priceId: string) => {
      const choice = page.locator(`input[name="price"][value="${priceId}"]`);
      if ((await choice.getAttribute('type')) === 'radio') await choice.check();
      await page.locator('form', { has: choice }).locator('button').click();
    },
    goToPayment: () => page.click('form[action="/checkout"] button'),
    pay: () => page.click('button[value="pay"]'),
    /** Waits until the page, which polls, shows that role and message have come. */
    arrive: () => page.waitForSelector('.progress li.done:nth-child(2) ~ li.done', { timeout: 20_000 }),
    goToPortal: () => page.click('form[action="/portal"] button'),
    leaveStripe: () => page.click('a:has-text("Back")'),
  };
}
