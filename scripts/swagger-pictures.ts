import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { launchBrowser } from './site/launch-browser.ts';
import { startLocalSystem } from './site/local-system.ts';
import { pageOf } from './swagger-ui/try-it-out.ts';
import { LOCAL_SECRET } from './system/environment.ts';

/* `node scripts/swagger-pictures.ts`: takes docs/pictures/swagger-*.png, each with an operation tried out. */

const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const database = await openKeptDatabase({ name: 'moddy_pictures', fresh: true });
const system = await startLocalSystem({ DATABASE_URL: database.url });
const browser = await launchBrowser();
try {
  for (const [name, origin, post] of [
    ['bot', system.urls.botInternal, '/internal/notify'],
    ['backend', system.urls.backendInternal, '/internal/user/info'],
  ] as const) {
    const page = await browser.newPage({ viewport: { width: 1040, height: 1300 } });
    const steps = pageOf(page, origin);
    await steps.open();
    await steps.authorize(LOCAL_SECRET);
    await steps.tryOut('post', post);
    await page.locator('.opblock.is-open').evaluate((block: { scrollIntoView(): void }) => block.scrollIntoView());
    await page.screenshot({ path: path.join(folder, `swagger-${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await system.close();
  await database.close();
}
