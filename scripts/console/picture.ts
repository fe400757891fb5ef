import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { startLocalConsole } from './local-console.ts';
import { pageOf } from './page-of.ts';

/** Stripe counts in seconds: events of the same one are shown as one burst. */
const PACE_MS = 2_200;

/**
 * Takes the picture of the console into a file. An ordinary day, with a member who is not on the server and one who
 * closed their direct messages, until the bot is stopped.
 */
export async function pictureConsole(browser: Browser, databaseUrl: string, file: string): Promise<void> {
  const system = await startLocalConsole(databaseUrl);
  try {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 884 },
      locale: 'en',
      colorScheme: 'light',
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
    await page.mouse.move(0, 0);
    await page.screenshot({ path: file });
  } catch (error) {
    console.error(system.lines.slice(-20).join('\n'));
    throw error;
  } finally {
    await system.close();
  }
}
