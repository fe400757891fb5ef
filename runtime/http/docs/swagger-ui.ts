import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Hono } from 'hono';
import type { RequestEnv } from '../implement.ts';

interface Asset {
  readonly file: () => string | URL;
  readonly type: string;
}

const require = createRequire(import.meta.url);
const ours = (name: string) => () => new URL(`./browser/${name}`, import.meta.url);

/** Everything that is served: no file path is ever made from a request. */
const ASSETS: Readonly<Record<string, Asset>> = {
  '/docs': { file: ours('index.html'), type: 'text/html; charset=utf-8' },
  '/docs/initialize.js': { file: ours('initialize.js'), type: 'text/javascript; charset=utf-8' },
  '/docs/swagger-ui.css': {
    file: () => require.resolve('swagger-ui-dist/swagger-ui.css'),
    type: 'text/css; charset=utf-8',
  },
  '/docs/swagger-ui-bundle.js': {
    file: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
    type: 'text/javascript; charset=utf-8',
  },
  '/docs/favicon-32x32.png': { file: () => require.resolve('swagger-ui-dist/favicon-32x32.png'), type: 'image/png' },
};

/** These paths are served without the secret: the page holds none and asks for the bearer itself. */
export const DOCS_PATHS: readonly string[] = Object.keys(ASSETS);

const HEADERS = {
  // Swagger UI runs under this without inline scripts or styles.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  // Revalidated each time: another version of the service answers under the same names.
  'cache-control': 'no-cache',
} as const;

/** Adds Swagger UI, served from its package: a private port must need no CDN. Files are read on their first request. */
export function addSwaggerUi(app: Hono<RequestEnv>): void {
  for (const [path, { file, type }] of Object.entries(ASSETS)) {
    let read: { readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string } | undefined;
    app.get(path, (c) => {
      read ??= load(file());
      const headers = { ...HEADERS, etag: read.etag };
      if (isKnown(c.req.header('if-none-match'), read.etag)) return c.body(null, 304, headers);
      return c.body(read.bytes, 200, { ...headers, 'content-type': type });
    });
  }
}

function load(file: string | URL) {
  const bytes = new Uint8Array(readFileSync(file));
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

/** RFC 9110 13.1.2: a list of entity tags, compared weakly, or `*`. */
const isKnown = (sent: string | undefined, etag: string): boolean =>
  sent?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag) ?? false;
