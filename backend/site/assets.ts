import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SiteApp } from './site-app.ts';

export interface Assets {
  readonly style: string;
  readonly icon: string;
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Serves the style sheet and the picture under names that hold their digest: they never change, so browsers keep them. */
export function addAssets(app: SiteApp): Assets {
  const add = (file: string, contentType: string): string => {
    const bytes = readFileSync(new URL(`./assets/${file}`, import.meta.url));
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const path = `/assets/${digest}/${file}`;
    app.get(path, (c) => {
      c.header('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`);
      c.header('Content-Type', contentType);
      return c.body(bytes);
    });
    return path;
  };
  return { style: add('style.css', 'text/css; charset=utf-8'), icon: add('moddy.svg', 'image/svg+xml') };
}
