import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';

/**
 * A real Chromium: the one of the package, or of `CHROMIUM_PATH`. Not with the package's own arguments: they switch web
 * security off, and put everything into one process that ends with the first context.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || (await chromium.executablePath());
  // Containers run as root and lack what Chromium's sandbox needs; only our own pages are opened.
  return driver.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}
