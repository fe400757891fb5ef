import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';

/** A real Chromium: the one of the package, or of `CHROMIUM_PATH`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || (await chromium.executablePath());
  return driver.launch({ executablePath, args: chromium.args, headless: true });
}
