import { once } from 'node:events';
import { createServer } from 'node:http';
import { startConsole } from '@moddy/sandbox/console/start-console';
import { createDatabase, query } from '@moddy/sandbox/postgres';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../site/launch-browser.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { type LocalConsole, startLocalConsole } from './local-console.ts';
import { pageOf } from './page-of.ts';

/** Both services as real processes, the console and a real Chromium; only the buttons of the page are used. */
describe('the sandbox console in a browser', () => {
  let system: LocalConsole;
  let browser: Browser;
  let databaseUrl = '';
  beforeAll(async () => {
    databaseUrl = await createDatabase(inject('postgresUrl'));
    [system, browser] = await Promise.all([startLocalConsole(databaseUrl), launchBrowser()]);
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

  it('shows unknown lists as unknown, not as empty', async () => {
    const { bot, backend } = system;
    const alone = await startConsole({ services: { bot, backend } });
    const page = await browser.newPage();
    await page.goto(alone.url);
    await page.locator('#deliveries-empty', { hasText: 'was not given the backend’s database' }).waitFor();
    expect(await page.locator('#events-empty').innerText()).toContain('was not given the backend’s database');
    expect(await page.locator('#deliveries-count').innerText()).toBe('');
    expect(await page.locator('#people-empty').innerText()).toContain('on the real Discord');
    expect(await page.locator('#conversation-absent').innerText()).toContain('on the real Discord');
    await page.close();
    await alone.close();
  });

  it('shows empty lists and the next step at the start', async () => {
    const { page, steps } = await opened();
    expect(await page.locator('#deliveries-empty').innerText()).toBe('No deliveries yet.');
    expect(await page.locator('#deliveries-count').innerText()).toContain('0 pending');
    await steps.choose('Zoé');
    expect(await page.locator('#conversation-empty').innerText()).toContain('a message waits until they join');
    await steps.choose('Bob');
    expect(await page.locator('#conversation-empty').innerText()).toContain('Choose a plan for Bob');
    await page.close();
  });

  it('explains why a member gets another language than their own', async () => {
    const { page, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Wim');
    await steps.press('Add');
    await steps.choose('Wim');
    const note = page.locator('#language-note');
    expect(await note.innerText()).toMatch(
      /writes in French, its default: .*language \(en-US\) only when they use a command/,
    );
    await steps.press('Type /subscription');
    await note.waitFor({ state: 'hidden' });
    await steps.choose('Zoé');
    expect(await note.innerText()).toBe('Moddy has no texts in German and writes in French, its default.');
    await steps.choose('Alice');
    expect(await note.isVisible()).toBe(false);
    await page.close();
  });

  it('shows the default language again after the bot restarts', async () => {
    const { page, steps } = await opened();
    await steps.choose('Wim');
    await page.locator('#language-note').waitFor({ state: 'hidden' });
    await steps.press('Stop the bot');
    await steps.becomes('bot', 'stopped');
    await steps.press('Start the bot');
    await page.locator('#language-note', { hasText: 'writes in French' }).waitFor();
    await steps.becomes('bot', 'online');
    await page.close();
  });

  it('drives a whole subscription by its buttons', { timeout: 120_000 }, async () => {
    const { page, complaints, steps } = await opened();
    await steps.choose('Bob');
    await steps.press('Pro monthly');
    await steps.reads('Moddy Pro');
    await steps.hasRole('Bob', 'Moddy Pro');
    await steps.hears('customer.subscription.created', 'Bob');
    await steps.allSettled();
    expect(await steps.deliveries('Bob', 'done').count()).toBe(2);

    await steps.press('Max monthly');
    await steps.reads('Moddy Max');
    await steps.hasRole('Bob', 'Moddy Max');
    await steps.hasNoRole('Bob', 'Moddy Pro');
    await steps.press('Pro monthly');
    await steps.hasRole('Bob', 'Moddy Pro');
    await steps.press('Fail a payment');
    await steps.reads('paiement');
    await steps.hears('invoice.payment_failed', 'Bob');
    await steps.press('Pay what is due');
    await steps.reads('bien arrivé');
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

  it('shows pending deliveries for a stopped bot, which are sent when it starts', { timeout: 120_000 }, async () => {
    const { page, complaints, steps } = await opened();
    await steps.choose('Alice');
    await steps.press('Stop the bot');
    await steps.becomes('bot', 'stopped');
    await steps.press('Max monthly');
    await steps.deliveries('Alice', 'pending').nth(1).waitFor();
    expect(await steps.deliveries('Alice', 'pending').first().innerText()).toContain('waits for the bot');
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

  it('shows a webhook that is retried after the backend starts', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await steps.choose('Olivia');
    await steps.press('Stop the backend');
    await steps.becomes('backend', 'stopped');
    await steps.press('Pro monthly');
    await page.locator('#events .retrying').first().waitFor();
    await steps.press('Start the backend');
    await steps.becomes('backend', 'running');
    await steps.hasRole('Olivia', 'Moddy Pro');
    await page.locator('#events .retrying').first().waitFor({ state: 'detached' });
    await page.close();
  });

  it('shows deliveries during a slow Discord and an outage', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Noor');
    await steps.press('Add');
    await steps.choose('Noor');
    await steps.press('Slow Discord');
    await steps.becomes('discord', 'slow');
    await steps.press('Pro monthly');
    await steps.deliveries('Noor', 'sending').first().waitFor();
    await steps.reads('Moddy Pro');
    await steps.press('Slow Discord');
    await steps.hasRole('Noor', 'Moddy Pro');
    await steps.press('Discord outage');
    await steps.becomes('discord', 'outage');
    await steps.press('Max monthly');
    await steps.deliveries('Noor', 'pending').first().waitFor();
    await steps.press('Discord outage');
    await steps.hasRole('Noor', 'Moddy Max');
    await steps.allSettled();
    await page.close();
  });

  it('shows a message to a user outside the server as waiting, and a verdict as refused', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints, steps } = await opened();
    await steps.choose('Zoé');
    await steps.press('Max monthly');
    const waiting = steps.deliveries('Zoé', 'waiting');
    await waiting.waitFor();
    expect(await waiting.innerText()).toMatch(/waiting.*until they join/s);
    await steps.deliveries('Zoé', 'refused').filter({ hasText: 'not in guild' }).waitFor();
    await page.locator('.count.waiting.some', { hasText: '1 waiting' }).waitFor();
    await page.locator('.count.refused.some', { hasText: '1 refused' }).waitFor();
    expect(await steps.deliveries('Zoé', 'done').count()).toBe(0);
    expect(await (await steps.opens(waiting)).innerText()).toContain('sent when the user joins the server');

    await steps.press('Join the server');
    await steps.reads('Moddy Max');
    await waiting.waitFor({ state: 'detached' });
    await steps.press('Close DMs');
    await steps.press('Pro monthly');
    const refused = steps.deliveries('Zoé', 'refused').filter({ hasText: 'dm closed' });
    await refused.waitFor();
    const colourOf = (state: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.state.${state}')).backgroundColor`);
    expect(await colourOf('refused')).not.toBe(await colourOf('done'));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows payload, attempts and private calls of a row, without the secret', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Kim');
    await steps.press('Add');
    await steps.choose('Kim');
    await steps.press('Stop the bot');
    await steps.becomes('bot', 'stopped');
    await steps.press('Pro monthly');
    const message = steps.deliveries('Kim', 'pending').filter({ hasText: 'subscription created' });
    await message.waitFor();
    await steps.press('Start the bot');
    const sent = steps.deliveries('Kim', 'done').filter({ hasText: 'subscription created' });
    await sent.waitFor();

    const detail = await steps.opens(sent);
    await detail
      .getByRole('group', { name: 'Payload of Message' })
      .filter({ hasText: '"subscription_created"' })
      .waitFor();
    const call = detail.locator('.call').last();
    expect(await call.locator('.call-line').innerText()).toMatch(/POST \/internal\/notify\s+200\s+\d+ ms/);
    const request = await call.getByRole('group', { name: 'Request' }).innerText();
    expect(request).toMatch(/^authorization: \(hidden\)$/m);
    expect(request).toMatch(/^x-request-id: delivery-\d+-\d+$/m);
    expect(request).toContain('"discord_id"');
    expect(await call.getByRole('group', { name: 'Response' }).innerText()).toContain('"notification_sent": true');
    expect(await detail.innerText()).toMatch(/Attempts\s+\d+/);

    const joined = await steps.opens(
      page.locator('#events .row', { hasText: 'member joined' }).filter({ hasText: 'Kim' }),
    );
    await joined.getByRole('group', { name: 'Payload of Event' }).filter({ hasText: '"member_joined"' }).waitFor();
    expect(await joined.locator('.call-line').innerText()).toMatch(/POST \/internal\/event\/notify\s+20\d\s+\d+ ms/);

    const paid = page.locator('#events .row', { hasText: 'customer.subscription.created' }).filter({ hasText: 'Kim' });
    const webhook = await steps.opens(paid);
    await webhook.getByRole('group', { name: 'Payload of customer.subscription.created' }).waitFor();
    expect(await webhook.locator('.call-line').first().innerText()).toMatch(/POST \/payments\/webhook\s+200\s+\d+ ms/);
    expect(await page.content()).not.toContain(LOCAL_SECRET);
    expect(await sent.locator('.line').getAttribute('aria-expanded')).toBe('true');
    await sent.locator('.line').press('Enter');
    expect(await sent.locator('.detail').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows the grant of a plan and its end, also after a subscription', async () => {
    const { page, steps } = await opened();
    const line = steps.card('Alice').locator('.subscription');
    const grant = async (change: string) => {
      await query(databaseUrl, change);
      await query(databaseUrl, 'notify deliveries');
    };
    await grant(
      `with given as (update users set plan = 'moddy_max' where discord_id = '123456789012345678' returning user_id)
       insert into grants (user_id, plan, ends_at, author, reason)
       select user_id, 'moddy_max', '2100-01-31', 'o', 'x' from given`,
    );
    await line.filter({ hasText: /^Granted until 31 Jan 2100/ }).waitFor();
    await grant(`with ended as (update grants set ended_at = now() returning user_id)
                 update users set plan = 'free' from ended where users.user_id = ended.user_id`);
    await line.filter({ hasNotText: 'granted' }).waitFor();
    await page.close();
  });

  it('keeps the place of each button, and the place and colour of each member', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await steps.choose('Bob');
    await steps.press('Max yearly');
    await steps.offered('Cancel now');
    await steps.hasRole('Bob', 'Moddy Max');
    const places = () =>
      page.evaluate<Record<string, unknown>>(`Object.fromEntries(
        [...document.querySelectorAll('.top .action, #offers .action, .who')].map((each) => [
          each.dataset.focus === 'who' ? each.querySelector('.name').textContent : each.dataset.focus,
          [each.getBoundingClientRect().toJSON(), getComputedStyle(each.querySelector('.avatar') ?? each).width,
           each.querySelector('.avatar') && getComputedStyle(each.querySelector('.avatar')).backgroundColor],
        ]))`);
    const before = await places();
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['Stop the bot', 'Stripe outage', 'Max yearly', 'Alice']),
    );
    for (const [press, offered] of [
      ['Leave the server', 'Join the server'],
      ['Join the server', 'Leave the server'],
      ['Cancel now', 'Pro monthly'],
      ['Pro monthly', 'Cancel now'],
      ['Cancel at the end', 'Keep the plan'],
      ['Close DMs', 'Open DMs'],
      ['Open DMs', 'Close DMs'],
      ['Stop the backend', 'Start the backend'],
      ['Start the backend', 'Stop the backend'],
    ] as const) {
      await steps.offered(press);
      await steps.press(press);
      await steps.offered(offered);
      expect(await places()).toEqual(before);
    }
    await steps.becomes('backend', 'running');
    await page.close();
  });

  it('holds back new rows while the pointer is over the list', async () => {
    const { page, steps } = await opened();
    await steps.choose('Alice');
    const rows = page.locator('#events .row');
    const rejoin = () => {
      system.discord.leave('123456789');
      system.discord.join('123456789');
    };
    rejoin();
    await rows.nth(1).waitFor();
    await rows.first().hover();
    const name = await rows.first().locator('.type').innerText();
    const count = await rows.count();
    rejoin();
    await page.locator('#events-new', { hasText: /^[2-9] new$/ }).waitFor();
    expect(await rows.count()).toBe(count);
    expect(await rows.first().locator('.type').innerText()).toBe(name);
    await page.mouse.move(0, 0);
    await rows.nth(count + 1).waitFor();
    expect(await page.locator('#events-new').innerText()).toBe('');
    await page.close();
  });

  it('shows ages in full at 1280 pixels', async () => {
    const { page, steps } = await opened();
    await page.setViewportSize({ width: 1280, height: 800 });
    await query(databaseUrl, "update deliveries set created_at = now() - interval '47 minutes 5 seconds'");
    await query(databaseUrl, "update discord_events set received_at = now() - interval '3 days'");
    await steps.choose('Bob');
    await page
      .locator('#deliveries .line time', { hasText: /^47 min$/ })
      .first()
      .waitFor();
    await page.locator('#events .line time', { hasText: /^3 d$/ }).first().waitFor();
    const widths = await page.evaluate<[text: string, needed: number, given: number][]>(
      "[...document.querySelectorAll('.line time')].map((each) => [each.textContent, each.scrollWidth, each.clientWidth])",
    );
    expect(widths.length).toBeGreaterThan(10);
    expect(widths.filter(([, needed, given]) => needed > given)).toEqual([]);
    await page.close();
  });

  it('recovers from outages of Stripe and of the database', { timeout: 120_000 }, async () => {
    const { page, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Ravi');
    await steps.press('Add');
    await steps.choose('Ravi');
    await steps.press('Stripe outage');
    await steps.becomes('stripe', 'outage');
    await steps.press('Pro monthly');
    await page.locator('#events .row', { hasText: 'Ravi' }).filter({ hasText: 'received' }).first().waitFor();
    expect(await steps.deliveries('Ravi', 'done').count()).toBe(0);
    await steps.press('Stripe outage');
    await steps.hasRole('Ravi', 'Moddy Pro');

    await steps.press('Database outage');
    await steps.becomes('database', 'outage');
    await steps.press('Max monthly');
    await page.locator('#events .retrying').first().waitFor();
    await steps.press('Database outage');
    await steps.becomes('database', 'local');
    await steps.hasRole('Ravi', 'Moddy Max');
    await steps.allSettled();
    await page.close();
  });

  it('shows a rejected action, and keeps focus and selection', async () => {
    const { page, steps } = await opened();
    await page.getByLabel('Name of a new member').fill('Léa');
    await steps.press('Add');
    await steps.choose('Léa');
    await page.reload();
    await page.getByRole('group', { name: 'What Léa does' }).waitFor();
    expect(await page.locator('.member.selected .name').innerText()).toBe('Léa');
    await steps.press('Leave the server');
    await steps.offered('Join the server');
    await page.getByRole('button', { name: 'Join the server' }).focus();
    await page.keyboard.press('Enter');
    await steps.offered('Leave the server');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Join the server');

    await page.route('**/actions/leave', (route) => route.fulfill({ status: 409, json: { error: 'Not today.' } }));
    await steps.press('Leave the server');
    expect(await page.getByRole('alert').innerText()).toContain('Not today.');
    await page.close();
  });

  it('is up to date again after the console restarts', async () => {
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

  it('403 for a request of another page in the same browser', async () => {
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
    { width: 1280, colorScheme: 'light' },
    { width: 1000, colorScheme: 'dark' },
    { width: 360, colorScheme: 'dark' },
    { width: 390, colorScheme: 'light' },
  ] as const)('has no accessibility fault at $width, $colorScheme', async (theme) => {
    const { page, complaints, steps } = await opened();
    await page.setViewportSize({ width: theme.width, height: 900 });
    await page.emulateMedia({ colorScheme: theme.colorScheme, reducedMotion: 'reduce' });
    const { id } = system.discord.addUser();
    system.discord.join(id);
    system.stripe.subscribe({ discordId: id, price: 'price_moddy_pro_month' });
    await steps.hasRole(`user${id}`, 'Moddy Pro');
    await steps.choose('Zoé');
    await (await steps.opens(page.locator('#deliveries .row'))).locator('pre').first().waitFor();
    await (await steps.opens(page.locator('#events .row'))).locator('pre').first().waitFor();
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

/** Resources that the browser blocks or fails to load, script errors, and requests that leave the origin. */
function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`left for ${request.url()}`);
  });
  return complaints;
}
