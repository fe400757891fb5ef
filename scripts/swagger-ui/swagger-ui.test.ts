import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { createDatabase } from '@moddy/sandbox/postgres';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../site/launch-browser.ts';
import { type LocalSystem, startLocalSystem } from '../site/local-system.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { pageOf } from './try-it-out.ts';

/** Swagger UI of both private ports in a real Chromium, under its real policy. */
describe('Swagger UI in a browser', () => {
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
    { service: 'botInternal', contract: botInternal, post: '/internal/notify', message: 'User notified successfully' },
    { service: 'backendInternal', contract: backendInternal, post: '/internal/user/info', message: 'User not found' },
  ] as const)(
    'of $service opens without the secret and tries out with it',
    async ({ service, contract, post, message }) => {
      const origin = system.urls[service];
      const page = await browser.newPage();
      const complaints = complaintsOf(page, origin);
      const steps = pageOf(page, origin);

      await steps.open();
      expect(await page.title()).toMatch(/^Moddy .*, internal API$/);
      expect(await page.locator('.opblock').count()).toBe(Object.keys(contract.operations).length);
      expect(await page.locator('.servers select option').allInnerTexts()).toEqual([`${origin} - This service`]);

      expect((await steps.tryOut('get', '/internal/health')).status).toBe(401);
      expect(complaints.splice(0)).toEqual([expect.stringContaining('status of 401')]);

      await steps.authorize(LOCAL_SECRET);
      const health = await steps.tryOut('get', '/internal/health');
      expect([health.status, health.body]).toEqual([200, expect.stringContaining('"status": "healthy"')]);
      const posted = await steps.tryOut('post', post);
      expect([posted.status, posted.body]).toEqual([200, expect.stringContaining(message)]);

      await page.reload();
      await page.locator('.opblock').first().waitFor();
      expect((await steps.tryOut('get', '/internal/health')).status).toBe(401);
      expect(complaints).toEqual([expect.stringContaining('status of 401')]);
      await page.close();
    },
  );

  it('ignores a document and a configuration in its query', async () => {
    const origin = system.urls.botInternal;
    const page = await browser.newPage();
    const complaints = complaintsOf(page, origin);
    await page.goto(`${origin}/docs?url=https://evil.example/openapi.json&configUrl=https://evil.example/config.json`);
    await page.locator('.opblock').first().waitFor();
    expect(await page.title()).toBe('Moddy bot, internal API');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** Resources that the browser blocks or fails to load, script errors, and requests that leave the origin. */
function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) complaints.push(`left for ${url}`);
  });
  return complaints;
}
