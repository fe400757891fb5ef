import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@moddy/sandbox/postgres';
import { launchBrowser } from '../site/launch-browser.ts';
import { startLocalConsole } from './local-console.ts';
import { pageOf } from './page-of.ts';

/*
 * `node scripts/console/take-picture.ts [file] [--phone] [--dark]`: takes docs/pictures/console.png. An ordinary day,
 * until the bot is stopped: what is owed from then on waits.
 */

/** Stripe counts in seconds: what happens in the same one is taken for one cause. */
const PACE_MS = 2_200;

const args = process.argv.slice(2);
const file =
  args.find((each) => !each.startsWith('--')) ??
  fileURLToPath(new URL('../../docs/pictures/console.png', import.meta.url));
const viewport = args.includes('--phone') ? { width: 390, height: 844 } : { width: 1440, height: 884 };

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
  await steps.choose('Bob');
  // Whoever uses a command has told the bot their language; before that it writes in the default one.
  await press('Type /subscription');
  await press('Subscribe to Pro');
  await steps.choose('Alice');
  await press('Subscribe to Max');
  await steps.choose('Zoé');
  await press('Join the server');
  await steps.choose('Bob');
  await press('Upgrade to Max');
  await press('Fail a payment');
  await steps.allSettled();
  await steps.press('Stop the bot');
  await steps.becomes('bot', 'stopped');
  await steps.choose('Alice');
  await press('Downgrade to Pro');
  await steps.choose('Zoé');
  await press('Subscribe to Pro');
  await steps.deliveries('Zoé', 'waiting').nth(1).waitFor();
  await steps.choose('Bob');
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
