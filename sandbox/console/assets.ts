import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Hono } from 'hono';

const FOLDER = new URL('./browser/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Every file that is served, by its path: a path is looked up here, and never built from the text of a request. */
export const ASSETS: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER).map((file) => [file === 'index.html' ? '/' : `/${file}`, file]),
);

/** Files are read for each request: after an edit, a reload of the page shows it. */
export function assets(): Hono {
  const app = new Hono();
  for (const [path, file] of ASSETS) {
    app.get(path, (c) =>
      c.body(new Uint8Array(readFileSync(new URL(file, FOLDER))), 200, { 'content-type': TYPES[extname(file)] ?? '' }),
    );
  }
  return app;
}
