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
      retiredRoles: [],
      defaultLocale: 'fr',
      websiteUrl: undefined,
      logMessages: false,
      logLevel: 'info',
    });
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig({ ...good, WEBSITE_URL: '', DISCORD_PUBLIC_KEY: ' ', DEFAULT_LOCALE: '' })).toEqual(
      readConfig(good),
    );
  });

  it('reports every fault at once', () => {
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

  it.each([
    ['DISCORD_TOKEN', 'Bot MTIz.abc', 'must be the token alone, without "Bot" before it'],
    ['DISCORD_TOKEN', 'bot MTIz.abc', 'must be the token alone'],
    ['PLAN_ROLES', '{"moddy_max": ["999888777666555444"]}', "must not have the server's own id: that is @everyone"],
    ['PLAN_ROLES_RETIRED', '1;2', 'must be role ids with commas between them'],
    ['PLAN_ROLES_RETIRED', '987654321098765432', 'must not have a role of PLAN_ROLES'],
  ])('rejects %s=%s: %s', (name, value, words) => {
    expect(faultsOf({ ...good, [name]: value }).join()).toContain(`${name} ${words}`);
  });

  it('reads the retired roles of plans', () => {
    expect(readConfig({ ...good, PLAN_ROLES_RETIRED: '1, 22,' }).retiredRoles).toEqual(['1', '22']);
  });

  it('requires a strong secret in production and never prints it', () => {
    const faults = faultsOf({ ...good, RAILWAY_ENVIRONMENT: 'production' });
    expect(faults).toEqual([expect.stringContaining('INTERNAL_API_SECRET')]);
    expect(faults.join()).not.toContain('test-secret-local');
  });
});
