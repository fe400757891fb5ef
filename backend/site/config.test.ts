import { ConfigError } from '@moddy/runtime/config';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';

const BASE = {
  DATABASE_URL: 'postgres://127.0.0.1/moddy',
  INTERNAL_API_SECRET: 'internal-secret-of-32-characters-',
  STRIPE_API_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  PLAN_PRICES: '{"moddy_max": ["price_1"]}',
};
const LOGIN = {
  DISCORD_CLIENT_ID: '1',
  DISCORD_CLIENT_SECRET: 'secret',
  SESSION_SECRET: 'session-secret-of-32-characters--',
  WEBSITE_URL: 'https://moddy.example',
};
const PRODUCTION = { NODE_ENV: 'production', DATABASE_URL: 'postgres://user:password@host/moddy' };

const faultsOf = (variables: Record<string, string>) => {
  try {
    readConfig({ ...BASE, ...variables });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => fault.split(' ')[0]);
  }
};

describe("the site's configuration", () => {
  it('has no login and uses French without Discord variables', () => {
    expect(readConfig(BASE).site).toEqual({
      url: '',
      defaultLocale: 'fr',
      behindEdge: false,
      login: undefined,
      joinOnLogin: false,
      checkout: { promotionCodes: false, automaticTax: false },
    });
  });
  it('accepts JOIN_ON_LOGIN only with a login', () => {
    expect(() => readConfig({ ...BASE, JOIN_ON_LOGIN: 'true' })).toThrow(/JOIN_ON_LOGIN needs the site's login/);
    expect(readConfig({ ...BASE, ...LOGIN, ...PRODUCTION, JOIN_ON_LOGIN: 'true' }).site.joinOnLogin).toBe(true);
  });
  it('uses Discord itself with all login variables', () => {
    expect(readConfig({ ...BASE, ...LOGIN, ...PRODUCTION }).site.login).toMatchObject({
      clientId: '1',
      apiUrl: 'https://discord.com/api',
    });
  });
  it.each(['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET', 'SESSION_SECRET', 'WEBSITE_URL'])(
    'names %s when only that one is missing',
    (name) => {
      expect(faultsOf({ ...LOGIN, [name]: '' })).toEqual([name]);
    },
  );
  it('requires https and a long session secret in production', () => {
    expect(faultsOf({ ...LOGIN, ...PRODUCTION, WEBSITE_URL: 'http://moddy.example', SESSION_SECRET: 'short' })).toEqual(
      ['WEBSITE_URL', 'SESSION_SECRET'],
    );
  });
});
