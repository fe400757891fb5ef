import type { Locator, Page } from 'playwright-core';

/** Everything a user does on the console, and what they wait for, in words of the page. */
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
      await card(name).locator('.who').click();
      await page.getByRole('group', { name: `What ${name} does` }).waitFor();
    },
    press: (label: string | RegExp) => page.getByRole('button', { name: label, exact: true }).click(),
    /** The button can be pressed now. */
    offered: (label: string) =>
      page.locator('[aria-disabled="true"]', { hasText: label }).waitFor({ state: 'detached' }),
    hasRole: (name: string, role: string) => card(name).locator('.role', { hasText: role }).waitFor(),
    hasNoRole: (name: string, role: string) =>
      card(name).locator('.role', { hasText: role }).waitFor({ state: 'detached' }),
    /** The chosen member's direct messages hold this. */
    reads: (text: string | RegExp) => page.locator('.conversation .embed', { hasText: text }).last().waitFor(),
    /** Deliveries of a member that are in a state. */
    deliveries: (name: string, state: string) =>
      page.locator(`#deliveries .row[data-state="${state}"]`, { has: page.locator('.who-for', { hasText: name }) }),
    /** Nothing is pending any more. */
    allSettled: () => page.locator('.count.pending', { hasText: /^0 / }).waitFor(),
    /** Opens the first of these rows, and takes the pointer away from where new rows arrive. */
    opens: async (row: Locator) => {
      await row.first().locator('.line').click();
      await page.mouse.move(0, 0);
      return row.first().locator('.detail');
    },
    becomes: (name: string, detail: string) => service(name).locator('.detail', { hasText: detail }).waitFor(),
    hears: (type: string, who: string) =>
      page.locator('#events .row', { hasText: type }).filter({ hasText: who }).first().waitFor(),
  };
}
