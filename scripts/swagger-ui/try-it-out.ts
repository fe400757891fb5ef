import type { Page } from 'playwright-core';

/** The actions of an operator on the page of a private port. */
export function pageOf(page: Page, origin: string) {
  const operation = (method: string, path: string) => page.locator(`.opblock-${method}`, { hasText: path }).first();
  return {
    open: async () => {
      await page.goto(`${origin}/docs`);
      await page.locator('.opblock').first().waitFor();
    },
    authorize: async (secret: string) => {
      await page.locator('.btn.authorize').first().click();
      const dialog = page.locator('.dialog-ux');
      await dialog.locator('input').fill(secret);
      await dialog.locator('button.authorize').click();
      await dialog.locator('button.btn-done').click();
    },
    /** Sends the operation with the example of its document; answers status and body as the page shows them. */
    tryOut: async (method: string, path: string) => {
      const block = operation(method, path);
      if ((await block.locator('.opblock-body').count()) === 0)
        await block.locator('.opblock-summary-control').first().click();
      await block.locator('button.try-out__btn').waitFor();
      const start = block.locator('button.try-out__btn:not(.cancel)');
      if ((await start.count()) > 0) await start.click();
      // The answer to an earlier try must not pass for the answer to this one.
      const clear = block.locator('button.btn-clear');
      if ((await clear.count()) > 0) await clear.click();
      await Promise.all([
        page.waitForResponse((response) => response.url() === origin + path),
        block.locator('button.execute').click(),
      ]);
      const live = block.locator('.live-responses-table');
      await live.locator('.microlight').first().waitFor();
      return {
        status: Number((await live.locator('tr.response td.response-col_status').first().innerText()).split('\n')[0]),
        body: await live.locator('.microlight').first().innerText(),
      };
    },
  };
}
