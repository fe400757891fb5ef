import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@moddy/sandbox/postgres';
import { launchBrowser } from '../site/launch-browser.ts';
import { startLocalConsole } from './local-console.ts';
import { pageOf } from './page-of.ts';

/*
 * `node scripts/console/take-picture.ts [file] [--phone] [--small] [--dark] [--open]`: takes docs/pictures/console.png. An ordinary day,
 * with a member who is not on the server and one who closed their direct messages, until the bot is stopped.
 */

/** Stripe counts in seconds: events of the same one are shown as one burst. */
const PACE_MS = 2_200;

const args = process.argv.slice(2);
const file =
  args.find((each) => !each.startsWith('--')) ??
  fileURLToPath(new URL('../../docs/pictures/console.png', import.meta.url));
const viewport = args.includes('--phone')
  ? { width: 390, height: 844 }
  : { width: args.includes('--small') ? 1280 : 1440, height: args.includes('--small') ? 800 : 884 };

const postgres = await startPostgres({ settings: { fsync: 'off' } });
const system = await startLocalConsole(await postgres.createDatabase());
const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    viewport,
    locale: 'en',
    colorScheme: args.includes('--dark') ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const steps = pageOf(page, system.url);
  const press = async (label: string) => {
    await steps.press(label);
    await delay(PACE_MS);
  };
  await steps.open();
  await steps.choose('Alice');
  await press('Max monthly');
  await steps.choose('Bob');
  await press('Pro monthly');
  await press('Type /subscription');
  await press('Max monthly');
  await press('Fail a payment');
  await steps.choose('Zoé');
  await press('Pro monthly');
  await steps.deliveries('Zoé', 'waiting').waitFor();
  await steps.choose('Olivia');
  await press('Close DMs');
  await press('Max yearly');
  await steps.allSettled();
  await steps.press('Stop the bot');
  await steps.becomes('bot', 'stopped');
  await steps.choose('Alice');
  await press('Pro monthly');
  await steps.deliveries('Alice', 'pending').nth(1).waitFor();
  await steps.choose('Bob');
  if (args.includes('--open')) {
    const detail = await steps.opens(steps.deliveries('Bob', 'done'));
    await detail.locator('pre').first().waitFor();
  }
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file, fullPage: viewport.width < 1000 });
} catch (error) {
  console.error(system.lines.slice(-20).join('\n'));
  throw error;
} finally {
  await browser.close();
  await system.close();
  await postgres.stop();
}
