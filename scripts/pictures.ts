import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { pictureConsole } from './console/picture.ts';
import { everyPage } from './site/every-page.ts';
import { launchBrowser } from './site/launch-browser.ts';
import { startLocalSystem } from './site/local-system.ts';
import { pageOf } from './swagger-ui/try-it-out.ts';
import { LOCAL_SECRET } from './system/environment.ts';

/*
 * `node scripts/pictures.ts [folder] [--all] [--fr]`: takes the pictures of docs/pictures/: the site's, light and dark,
 * wide and narrow, Swagger UI's and the console's. `--all` takes every page of the site in every variant, to judge a
 * change of the design.
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
const consoleDatabase = await openKeptDatabase({ name: 'moddy_pictures', fresh: true });
const system = await startLocalSystem({ DATABASE_URL: database.url });
const browser = await launchBrowser();
try {
  await pictureSite();
  await pictureSwagger('bot', system.urls.botInternal, '/internal/notify');
  await pictureSwagger('backend', system.urls.backendInternal, '/internal/user/info');
  await pictureConsole(browser, consoleDatabase.url, path.join(folder, 'console.png'));
} catch (error) {
  console.error(system.lines.slice(-20).join('\n'));
  throw error;
} finally {
  await browser.close();
  await system.close();
  await database.close();
  await consoleDatabase.close();
}

async function pictureSite(): Promise<void> {
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
}

/** Swagger UI of a private port, with an operation tried out. */
async function pictureSwagger(name: string, origin: string, post: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1040, height: 1300 } });
  const steps = pageOf(page, origin);
  await steps.open();
  await steps.authorize(LOCAL_SECRET);
  await steps.tryOut('post', post);
  await page.locator('.opblock.is-open').evaluate((block: { scrollIntoView(): void }) => block.scrollIntoView());
  await page.screenshot({ path: path.join(folder, `swagger-${name}.png`) });
  await page.close();
}
