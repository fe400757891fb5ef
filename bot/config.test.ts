import { ConfigError } from '@moddy/runtime/config';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const good = {
  INTERNAL_API_SECRET: 'test-secret-local',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '999888777666555444',
  PLAN_ROLES: '{"moddy_max": ["987654321098765432"]}',
};

function faultsOf(variables: Record<string, string>): readonly string[] {
  try {
    readConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('readConfig', () => {
  it('has the documented defaults', () => {
    expect(readConfig(good)).toEqual({
      production: false,
      host: '::',
      publicPort: 8080,
      internalPort: 3000,
      secret: 'test-secret-local',
      previousSecret: undefined,
      backendUrl: 'http://website-backend.railway.internal:3000',
      discordToken: 'token',
      discordApiUrl: 'https://discord.com/api',
      discordPublicKey: undefined,
      guildId: '999888777666555444',
      planRoles: new Map([['moddy_max', ['987654321098765432']]]),
      defaultLocale: 'fr',
      websiteUrl: undefined,
      logMessages: false,
      logLevel: 'info',
    });
  });

  it('takes empty for unset', () => {
    expect(readConfig({ ...good, WEBSITE_URL: '', DISCORD_PUBLIC_KEY: ' ', DEFAULT_LOCALE: '' })).toEqual(
      readConfig(good),
    );
  });

  it('names every fault at once', () => {
    const faults = faultsOf({
      DISCORD_GUILD_ID: 'moddy',
      PLAN_ROLES: '{"free": ["1"]}',
      DISCORD_PUBLIC_KEY: 'abc',
      DEFAULT_LOCALE: 'de',
      PORT: '70000',
      BACKEND_INTERNAL_URL: 'backend:3000',
    });
    const named = faults.map((fault) => fault.split(' ', 1)[0]);
    expect(named.toSorted()).toEqual([
      'BACKEND_INTERNAL_URL',
      'DEFAULT_LOCALE',
      'DISCORD_GUILD_ID',
      'DISCORD_PUBLIC_KEY',
      'DISCORD_TOKEN',
      'INTERNAL_API_SECRET',
      'PLAN_ROLES',
      'PORT',
    ]);
  });

  it('wants a strong secret in production, and never repeats it', () => {
    const faults = faultsOf({ ...good, RAILWAY_ENVIRONMENT: 'production' });
    expect(faults).toEqual([expect.stringContaining('INTERNAL_API_SECRET')]);
    expect(faults.join()).not.toContain('test-secret-local');
  });
});
