import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crossings } from './crossings.ts';

let root = '';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'boundaries-'));
  write('package.json', '{ "devDependencies": { "vitest": "1" } }');
  for (const name of ['bot', 'backend', 'generated', 'runtime', 'sandbox', 'scripts']) {
    const dependencies =
      name === 'runtime'
        ? { hono: '1' }
        : { '@moddy/runtime': '1', '@moddy/generated': '1', '@moddy/backend': '1', '@moddy/sandbox': '1' };
    write(`${name}/package.json`, JSON.stringify({ dependencies }));
  }
  write('openapi/bot-internal.yaml', 'paths:\n  /:\n  /internal/notify:\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const found = () => crossings(root).map(({ place, message }) => `${place}: ${message}`);

it('allows what the design allows', () => {
  write(
    'bot/main.ts',
    "import { botInternal } from '@moddy/generated/bot-internal/routes';\nimport { readFileSync } from 'node:fs';\nimport './operations/notify-user.ts';",
  );
  write('bot/operations/notify-user.ts', "export const path = '/internal/other';");
  write(
    'bot/main.test.ts',
    "import { it } from 'vitest';\nimport '@moddy/sandbox/discord';\nexport const url = '/internal/notify';",
  );
  write(
    'generated/bot-internal/client.ts',
    "import '@moddy/runtime/client/client';\nexport const path = '/internal/notify';",
  );
  write('runtime/http/listener.ts', "import { Hono } from 'hono';");
  write('sandbox/console.ts', "import '@moddy/backend/main';");
  expect(found()).toEqual([]);
});

it.each([
  [
    'the bot imports the backend',
    'bot/main.ts',
    "\nimport type { User } from '@moddy/backend/billing/user';",
    'bot/main.ts:2: imports @moddy/backend/billing/user: bot/ may import bot, generated, runtime only',
  ],
  [
    'the backend imports the sandbox',
    'backend/main.ts',
    "export * from '@moddy/sandbox/stripe';",
    'backend/main.ts:1: imports @moddy/sandbox/stripe: backend/ may import',
  ],
  [
    'a dynamic import',
    'bot/main.ts',
    "export const x = import('@moddy/sandbox/stripe');",
    'bot/main.ts:1: imports @moddy/sandbox/stripe',
  ],
  [
    'a type',
    'bot/main.ts',
    "export type X = import('@moddy/backend/main').X;",
    'bot/main.ts:1: imports @moddy/backend/main',
  ],
  [
    'runtime imports generated',
    'runtime/client/client.ts',
    "import '@moddy/generated/bot-internal/routes';",
    'runtime/client/client.ts:1: imports @moddy/generated/bot-internal/routes: runtime/ may import runtime only',
  ],
  [
    'generated imports the bot',
    'generated/bot-internal/client.ts',
    "import '../../bot/main.ts';",
    'generated/bot-internal/client.ts:1: imports ../../bot/main.ts',
  ],
  [
    'by a relative path',
    'bot/main.ts',
    "import '../runtime/log.ts';",
    'bot/main.ts:1: leaves its folder by runtime/log.ts: import it as @moddy/runtime/…',
  ],
  [
    'what is for tests',
    'bot/main.ts',
    "import './testing/fake.ts';",
    'bot/main.ts:1: imports ./testing/fake.ts: a production file never imports what is for tests',
  ],
  [
    'an undeclared package',
    'bot/main.ts',
    "import { Hono } from 'hono/tiny';",
    'bot/main.ts:1: imports hono, which bot/package.json does not declare',
  ],
  [
    'a tool in production',
    'bot/main.ts',
    "import 'vitest';",
    'bot/main.ts:1: imports vitest, which bot/package.json does not declare',
  ],
  [
    'an undeclared package in a test',
    'bot/main.test.ts',
    "import 'stripe';",
    'bot/main.test.ts:1: imports stripe, which bot/package.json does not declare',
  ],
  [
    'a room above',
    'backend/queue/worker.ts',
    "import { enqueue } from '../outbox/enqueue.ts';",
    'backend/queue/worker.ts:1: imports ../outbox/enqueue.ts: queue/ is below outbox/',
  ],
  [
    "the library's own transaction",
    'backend/billing/sync.ts',
    'export const sync = (db: any) =>\n  db.transaction(() => {});',
    "backend/billing/sync.ts:2: begins the library's own transaction: use database/transaction.ts",
  ],
  [
    'the slow build of drizzle-orm',
    'backend/billing/sync.ts',
    "import { type SQL, sql } from 'drizzle-orm';\nexport const one = (): SQL => sql`1`;",
    'backend/billing/sync.ts:1: loads drizzle-orm: take it from database/drizzle.ts',
  ],
  [
    'that build in a test',
    'backend/testing/clock.ts',
    "import { sql } from 'drizzle-orm';",
    'backend/testing/clock.ts:1: loads drizzle-orm: take it from database/drizzle.ts',
  ],
  [
    'a path by hand',
    'bot/operations/notify-user.ts',
    "export const path = '/internal/notify';",
    'bot/operations/notify-user.ts:1: writes /internal/notify, a path of the contract',
  ],
  [
    'a path in a template',
    'runtime/client/client.ts',
    ['export const url = (base: string) => `', '{base}/internal/notify?x=1`;'].join('$'),
    'runtime/client/client.ts:1: writes /internal/notify?x=1, a path of the contract',
  ],
])('refuses %s', (_why, path, text, message) => {
  write(path, text);
  expect(found().join('\n')).toContain(message);
});
