import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

const SCRIPTS = [
  'act.js',
  'ages.js',
  'conversation.js',
  'deliveries.js',
  'dom.js',
  'embed.js',
  'events.js',
  'keyed-list.js',
  'main.js',
  'markdown.js',
  'members.js',
  'rows.js',
  'selection.js',
  'services.js',
  'stream.js',
];

const STYLES = ['console.css', 'discord.css', 'members.css', 'narrow.css', 'pipeline.css', 'top.css'];

/** Every file that is served: a path is looked up here, and never built from the text of a request. */
export const ASSETS: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/moddy.svg': { file: 'moddy.svg', type: 'image/svg+xml' },
  ...Object.fromEntries(STYLES.map((file) => [`/${file}`, { file, type: 'text/css; charset=utf-8' }])),
  ...Object.fromEntries(SCRIPTS.map((file) => [`/${file}`, { file, type: 'text/javascript; charset=utf-8' }])),
};

/** Files are read for each request: after an edit, a reload of the page shows it. */
export function assets(): Hono {
  const app = new Hono();
  for (const [path, { file, type }] of Object.entries(ASSETS)) {
    app.get(path, (c) =>
      c.body(new Uint8Array(readFileSync(new URL(`./browser/${file}`, import.meta.url))), 200, {
        'content-type': type,
      }),
    );
  }
  return app;
}
