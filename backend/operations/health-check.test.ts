import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { itRefuses } from '@moddy/runtime/testing/refusals';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customers } from '../database/schema.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const ask = ({ internalUrl }: TestBackend) =>
  createBackendClient({ baseUrl: internalUrl, secret: SECRET }).healthCheck();
const problemsOf = async (system: TestBackend) => {
  const { status, checks = [] } = await ask(system);
  return {
    status,
    problems: checks.filter((check) => check.status === 'unhealthy').map(({ name, detail }) => `${name}: ${detail}`),
  };
};

describe('GET /internal/health', () => {
  let system: TestBackend;
  beforeAll(async () => {
    system = await startTestBackend({}, afterAll);
  });

  it('200 healthy, with what the document says and the contract this was built from', async () => {
    const health = await eventually(
      () => ask(system),
      ({ status }) => status === 'healthy',
    );
    expect(health).toMatchObject({
      status: 'healthy',
      service: 'website-backend',
      version: '1.0.0',
      contract: { 'backend-internal': { version: '1.0.0', digest: backendInternal.digest } },
    });
    expect(Date.parse(health.started_at ?? '')).toBeLessThanOrEqual(Date.now());
  });
  it('200 unhealthy while the database is away', async () => {
    const away = await startTestBackend();
    await away.backend.database.close();
    expect((await problemsOf(away)).problems).toContain('database: no answer');
  });
  it('200 unhealthy while the bot is away, with the cause', async () => {
    const alone = await startTestBackend();
    await alone.bot.close();
    await alone.backend.deliverer.breaker.suspect();
    const { status, problems } = await problemsOf(alone);
    expect(status).toBe('unhealthy');
    expect(problems.join()).toMatch(/bot: unreachable: healthCheck: no answer \(ECONNREFUSED\)/);
  });
  it('200 unhealthy while deliveries are paused', async () => {
    const paused = await startTestBackend({ DELIVERIES_PAUSED: 'notify' });
    expect((await problemsOf(paused)).problems).toContain('deliveries: paused by DELIVERIES_PAUSED=notify');
  });
  it('200 unhealthy with parked customers, naming the reason', async () => {
    const parked = await startTestBackend();
    await parked.backend.database.orm
      .insert(customers)
      .values({ customerId: 'cus_1', livemode: false, parkedReason: 'unknown_price' });
    expect((await problemsOf(parked)).problems.join()).toContain('unknown_price');
  });
  itRefuses(backendInternal.operations.healthCheck, () => ({ url: system.internalUrl, secret: SECRET }));
});
