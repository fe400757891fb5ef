import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '../exchange.ts';

interface Asset {
  readonly file: () => string | URL;
  readonly type: string;
}

const require = createRequire(import.meta.url);
const ours = (name: string) => () => new URL(`./browser/${name}`, import.meta.url);

/** The whole of what is served: a request names one of these or nothing, so that no path is ever made of its text. */
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

/** What may be fetched without the secret; the page holds nothing that is secret, and asks for the bearer itself. */
export const DOCS_PATHS: readonly string[] = Object.keys(ASSETS);

const HEADERS = {
  // Swagger UI runs under this without inline script or style; whatever else the page would load or call is refused.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  // Revalidated each time: another version of the service answers under the same names.
  'cache-control': 'no-cache',
} as const;

/** Swagger UI by path, served from its package: a private port must need nothing of a CDN. Files are read when asked for. */
export function swaggerUi(): readonly (readonly [path: string, Page])[] {
  return Object.entries(ASSETS).map(([path, { file, type }]) => {
    let read: { readonly bytes: Uint8Array; readonly etag: string } | undefined;
    return [
      path,
      ({ headers: asked }) => {
        read ??= load(file());
        const headers = { ...HEADERS, etag: read.etag };
        if (isKnown(asked['if-none-match'], read.etag)) return { status: 304, headers };
        return { status: 200, headers: { ...headers, 'content-type': type }, body: read.bytes };
      },
    ];
  });
}

function load(file: string | URL) {
  const bytes = readFileSync(file);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

/** RFC 9110 13.1.2: a list of entity tags, compared weakly, or `*`. */
const isKnown = (sent: string | undefined, etag: string): boolean =>
  sent?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag) ?? false;
