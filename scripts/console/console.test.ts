import { once } from 'node:events';
import { createServer } from 'node:http';
import { startConsole } from '@moddy/sandbox/console/start-console';
import { createDatabase } from '@moddy/sandbox/postgres';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../site/launch-browser.ts';
import { type LocalConsole, startLocalConsole } from './local-console.ts';
import { pageOf } from './page-of.ts';

/** Both services as real processes, the console and a real Chromium; only the buttons of the page are used. */
describe('the sandbox console in a browser', () => {
  let system: LocalConsole;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([
      startLocalConsole(await createDatabase(inject('postgresUrl'))),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  const opened = async () => {
    const page = await browser.newPage({ locale: 'en', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    const complaints = complaintsOf(page, system.url);
    const steps = pageOf(page, system.url);
    await steps.open();
    return { page, complaints, steps };
  };

  it('plays a whole life by its buttons', { timeout: 120_000 }, async () => {
    const { page, complaints, steps } = await opened();
    await steps.choose('Bob');
    await steps.press('Subscribe to Pro');
    await steps.reads('Moddy Pro');
    await steps.hasRole('Bob', 'Moddy Pro');
    await steps.hears('customer.subscription.created', 'Bob');
    await steps.allSettled();
    expect(await steps.deliveries('Bob', 'done').count()).toBe(2);

    await steps.press('Upgrade to Max');
    await steps.reads('Moddy Max');
    await steps.hasRole('Bob', 'Moddy Max');
    await steps.hasNoRole('Bob', 'Moddy Pro');
    await steps.press('Downgrade to Pro');
    await steps.hasRole('Bob', 'Moddy Pro');
    await steps.press('Fail a payment');
    await steps.reads('paiement');
    await steps.hears('invoice.payment_failed', 'Bob');
    await steps.press('Pay what is due');
    await steps.press('Cancel now');
    await steps.hasNoRole('Bob', 'Moddy Pro');
    await steps.allSettled();
    expect(await page.locator('.conversation .message').count()).toBe(6);

    await steps.press('Type /subscription');
    await page.locator('.message.private .embed').waitFor();
    await steps.hears('command used', 'Bob');
    await steps.press('Leave the server');
    await steps.hears('member left', 'Bob');
    await steps.press('Join the server');
    await steps.hears('member joined', 'Bob');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('what is owed while the bot is stopped waits, and is delivered when it starts', { timeout: 120_000 }, async () => {
    const { page, complaints, steps } = await opened();
    await steps.choose('Alice');
    await steps.press('Stop the bot');
    await steps.becomes('bot', 'stopped');
    await steps.press('Subscribe to Max');
    await steps.deliveries('Alice', 'waiting').nth(1).waitFor();
    expect(await steps.deliveries('Alice', 'waiting').first().innerText()).toContain('waits for the bot');
    expect(await page.locator('.conversation .message').count()).toBe(0);
    expect(system.bot.state).toBe('down');

    await steps.press('Start the bot');
    await steps.becomes('bot', 'online');
    await steps.reads('Moddy Max');
    await steps.hasRole('Alice', 'Moddy Max');
    await steps.allSettled();
    expect(await steps.deliveries('Alice', 'done').count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('a webhook that finds the backend stopped is sent again', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await steps.choose('Olivia');
    await steps.press('Stop the backend');
    await steps.becomes('backend', 'stopped');
    await steps.press('Subscribe to Pro');
    await page.locator('.event .retrying').first().waitFor();
    await steps.press('Start the backend');
    await steps.hasRole('Olivia', 'Moddy Pro');
    await page.locator('.event .retrying').first().waitFor({ state: 'detached' });
    await page.close();
  });

  it('a slow Discord is waited for, an outage is sat out', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Noor');
    await steps.press('Add');
    await steps.choose('Noor');
    await steps.press('Slow Discord');
    await steps.becomes('discord', 'slow');
    await steps.press('Subscribe to Pro');
    await steps.deliveries('Noor', 'sending').first().waitFor();
    await steps.reads('Moddy Pro');
    await steps.press('Slow Discord');
    await steps.hasRole('Noor', 'Moddy Pro');
    await steps.press('Discord outage');
    await steps.becomes('discord', 'outage');
    await steps.press('Upgrade to Max');
    await steps.deliveries('Noor', 'waiting').first().waitFor();
    await steps.press('Discord outage');
    await steps.hasRole('Noor', 'Moddy Max');
    await steps.allSettled();
    await page.close();
  });

  it('says what was refused, and keeps focus and choice', { timeout: 60_000 }, async () => {
    const { page, steps } = await opened();
    await steps.choose('Zoé');
    await page.reload();
    await steps.choose('Zoé');
    expect(await page.locator('.member.selected .name').innerText()).toBe('Zoé');
    await page.getByRole('button', { name: 'Join the server' }).focus();
    await page.keyboard.press('Enter');
    await steps.card('Zoé').getByRole('button', { name: 'Leave the server' }).waitFor();
    expect(await page.evaluate('document.activeElement.closest(".member")?.innerText')).toContain('Zoé');

    await page.route('**/actions/leave', (route) => route.fulfill({ status: 409, json: { error: 'Not today.' } }));
    await steps.press('Leave the server');
    expect(await page.getByRole('alert').innerText()).toContain('Not today.');
    await page.close();
  });

  it('is right again after the console was away', { timeout: 60_000 }, async () => {
    const { discord } = system;
    const services = { bot: system.bot, backend: system.backend };
    const first = await startConsole({ services, discord });
    const page = await browser.newPage();
    const steps = pageOf(page, first.url);
    await steps.open();
    const connection = page.locator('#connection');
    await first.close();
    await connection.filter({ hasText: 'reconnecting' }).waitFor();
    await page.getByRole('button', { name: 'Slow Discord' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('does not answer');
    discord.addUser({ username: 'mei', globalName: 'Mei' });
    const second = await startConsole({ services, discord, port: Number(new URL(first.url).port) });
    await connection.filter({ hasText: 'live' }).waitFor();
    await steps.card('Mei').waitFor();
    await page.close();
    await second.close();
  });

  it('403 for another page that the same browser has open', async () => {
    // A name of its own would not do: a browser keeps public pages from local addresses by itself.
    const other = createServer((_, answer) =>
      answer.setHeader('content-type', 'text/html').end('<title>another</title>'),
    );
    await once(other.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    const asked = page.waitForResponse((response) => response.url().endsWith('/actions/leave'));
    await page.evaluate(`fetch('${system.url}/actions/leave', { method: 'POST', mode: 'no-cors', body: '{}' })`);
    expect((await asked).status()).toBe(403);
    await page.close();
  });

  it.each([
    { width: 1440, colorScheme: 'light' },
    { width: 1000, colorScheme: 'dark' },
    { width: 360, colorScheme: 'dark' },
  ] as const)('has no fault of accessibility at $width, $colorScheme', { timeout: 60_000 }, async (theme) => {
    const { page, complaints, steps } = await opened();
    await page.setViewportSize({ width: theme.width, height: 900 });
    await page.emulateMedia({ colorScheme: theme.colorScheme, reducedMotion: 'reduce' });
    await steps.choose('Alice');
    expect(await faultsOf(page)).toEqual([]);
    await steps.choose('Zoé');
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')).toBe(
      false,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });
});

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** What the browser refuses or fails to load, every script error, and every request that leaves the origin. */
function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`left for ${request.url()}`);
  });
  return complaints;
}
