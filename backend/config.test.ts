import { ConfigError } from '@moddy/runtime/config';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const GOOD = {
  DATABASE_URL: 'postgres://127.0.0.1/moddy',
  INTERNAL_API_SECRET: 'test-secret-local',
  STRIPE_API_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  PLAN_PRICES: '{"moddy_pro": ["price_1"], "moddy_max": ["price_2", "price_3"]}',
};
const faultsOf = (variables: Record<string, string>): readonly string[] => {
  try {
    readConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};
const named = (variables: Record<string, string>) => faultsOf(variables).map((fault) => fault.split(' ')[0]);

describe("the backend's configuration", () => {
  it('takes the defaults of the documentation', () => {
    expect(readConfig(GOOD)).toMatchObject({
      production: false,
      port: 8080,
      internalPort: 3000,
      host: '::',
      botUrl: 'http://moddy.railway.internal:3000',
      database: { url: 'postgres://127.0.0.1/moddy', directUrl: undefined },
      deliveriesPaused: 'none',
    });
  });
  it('names all missing variables at once', () => {
    expect(named({})).toEqual([
      'DATABASE_URL',
      'STRIPE_API_KEY',
      'INTERNAL_API_SECRET',
      'STRIPE_WEBHOOK_SECRET',
      'PLAN_PRICES',
    ]);
  });
  it('takes an empty variable as unset', () => {
    expect(named({ ...GOOD, INTERNAL_API_SECRET: ' ' })).toEqual(['INTERNAL_API_SECRET']);
  });
  it.each([
    ['PORT', '80a'],
    ['INTERNAL_PORT', '70000'],
    ['BOT_INTERNAL_URL', 'ftp://bot'],
    ['BOT_INTERNAL_URL', 'http://user:word@bot:3000'],
    ['DATABASE_URL', 'mysql://host/base'],
    ['DATABASE_DIRECT_URL', 'host'],
    ['STRIPE_API_KEY', 'pk_live_1'],
    ['STRIPE_API_URL', 'stripe'],
    ['PLAN_PRICES', '["price_1"]'],
    ['PLAN_PRICES', '{"moddy_max": "price_1"}'],
    ['PAST_DUE_GRACE_DAYS', '-1'],
    ['REFUND_POLICY', 'always'],
    ['EVENT_RETENTION_DAYS', '1'],
    ['DELIVERIES_PAUSED', 'yes'],
    ['LOG_LEVEL', 'loud'],
  ])('rejects %s=%s by name', (name, value) => {
    expect(named({ ...GOOD, [name]: value })).toEqual([name]);
  });
  it('accepts PLAN_PRICES={} but not an unset PLAN_PRICES', () => {
    expect(named({ ...GOOD, PLAN_PRICES: '{}' })).toEqual([]);
    expect(named({ ...GOOD, PLAN_PRICES: '' })).toEqual(['PLAN_PRICES']);
  });
  it('never repeats a value, which may be a secret', () => {
    expect(faultsOf({ ...GOOD, STRIPE_API_KEY: 'hunter2' }).join()).not.toContain('hunter2');
  });
  it('requires a strong secret in production', () => {
    expect(named({ ...GOOD, RAILWAY_ENVIRONMENT: 'production' })).toEqual(['INTERNAL_API_SECRET']);
    expect(named({ ...GOOD, NODE_ENV: 'production' })).toEqual(['INTERNAL_API_SECRET']);
  });
});
