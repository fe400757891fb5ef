import type { Page } from 'playwright-core';

/** Everything a person does on the console, and what they wait for, in words of the page. */
export function pageOf(page: Page, origin: string) {
  const card = (name: string) => page.locator('.member', { has: page.locator('.name', { hasText: name }) });
  const service = (name: string) => page.locator(`.service[data-service="${name}"]`);
  return {
    card,
    service,
    open: async () => {
      await page.goto(origin);
      await page.locator('#connection[data-state="live"]').waitFor();
      await page.locator('.member').first().waitFor();
    },
    choose: async (name: string) => {
      if ((await card(name).locator('.who').getAttribute('aria-expanded')) !== 'true')
        await card(name).locator('.who').click();
      await card(name).locator('.offers').waitFor();
    },
    press: (label: string | RegExp) => page.getByRole('button', { name: label, exact: true }).click(),
    hasRole: (name: string, role: string) => card(name).locator('.role', { hasText: role }).waitFor(),
    hasNoRole: (name: string, role: string) =>
      card(name).locator('.role', { hasText: role }).waitFor({ state: 'detached' }),
    /** The chosen member's direct messages hold this. */
    reads: (text: string | RegExp) => page.locator('.conversation .embed', { hasText: text }).last().waitFor(),
    /** Deliveries of a member that are in a state. */
    deliveries: (name: string, state: string) =>
      page.locator(`#deliveries tr[data-state="${state}"]`, { has: page.locator('th', { hasText: name }) }),
    /** Nothing is owed to anybody any more. */
    allSettled: () => page.locator('.count.waiting', { hasText: /^0 / }).waitFor(),
    becomes: (name: string, detail: string) => service(name).locator('.detail', { hasText: detail }).waitFor(),
    hears: (type: string, who: string) =>
      page.locator('.event', { hasText: type }).filter({ hasText: who }).first().waitFor(),
  };
}
