import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { everyPage } from './site/every-page.ts';
import { launchBrowser } from './site/launch-browser.ts';
import { startLocalSystem } from './site/local-system.ts';

/*
 * `node scripts/pictures.ts [folder] [--all] [--fr]`: takes the site's pictures for docs/pictures/, light and dark,
 * wide and narrow. `--all` takes every page in every variant, to judge a change of the design.
 */

const THEMES = [
  { name: 'light', colorScheme: 'light', width: 1040, height: 860 },
  { name: 'dark', colorScheme: 'dark', width: 1040, height: 860 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const;
/** The pictures that docs/pictures/ holds. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  plans: ['light', 'dark', 'phone', 'phone-dark'],
  subscribe: ['light'],
  success: ['light', 'dark'],
  account: ['light', 'dark', 'phone'],
  'account-late': ['light', 'phone-dark'],
  delete: ['light'],
  'login-denied': ['light'],
};

const args = process.argv.slice(2);
const all = args.includes('--all');
const locale = args.includes('--fr') ? 'fr' : 'en';
const folder =
  args.find((each) => !each.startsWith('--')) ?? fileURLToPath(new URL('../docs/pictures', import.meta.url));

await mkdir(folder, { recursive: true });
const database = await openKeptDatabase({ name: 'moddy_pictures', fresh: true });
const system = await startLocalSystem({ DATABASE_URL: database.url });
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ locale });
  await everyPage(page, system, async (name) => {
    for (const theme of THEMES) {
      if (!all && !KEPT[name]?.includes(theme.name)) continue;
      await page.setViewportSize({ width: theme.width, height: theme.height });
      await page.emulateMedia({ colorScheme: theme.colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({
        path: path.join(folder, `${name}-${theme.name}.png`),
        fullPage: all || theme.width < 1000,
      });
    }
  });
} catch (error) {
  console.error(system.lines.slice(-20).join('\n'));
  throw error;
} finally {
  await browser.close();
  await system.close();
  await database.close();
}
