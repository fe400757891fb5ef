import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { itRejects } from '@moddy/runtime/testing/rejections';
import { beforeAll, describe, expect, it } from 'vitest';
import { users } from '../database/schema.ts';
import { eventually } from '../testing/eventually.ts';
import { postJson } from '../testing/post-json.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

describe('POST /internal/user/info', () => {
  let system: TestBackend;
  const ask = (body: object) => postJson(`${system.internalUrl}/internal/user/info`, SECRET, body);
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
      await system.backend.database.orm.insert(users).values({
        discordId: '123456789012345678',
        email: 'user@example.com',
        createdAt: new Date('2024-01-15T10:30:00Z'),
        updatedAt: new Date('2024-01-20T14:25:00Z'),
      });
    }),
  );

  it('200 with the stored user', async () => {
    expect(await ask({ discord_id: '123456789012345678' })).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'User found',
        user_found: true,
        discord_id: '123456789012345678',
        email: 'user@example.com',
        created_at: '2024-01-15T10:30:00.000Z',
        updated_at: '2024-01-20T14:25:00.000Z',
        plan: 'free',
        locale: null,
        subscription: null,
      },
    });
  });
  it('500 with the handler in the logged stack, below the failed driver', async () => {
    const broken = await startTestBackend();
    await broken.backend.database.orm.execute('alter table users rename to gone');
    const answer = await postJson(`${broken.internalUrl}/internal/user/info`, SECRET, { discord_id: '1' });
    expect(answer.status).toBe(500);
    const [line] = broken.logged.filter(({ message }) => message === 'request failed');
    expect(line).toMatchObject({ operationId: 'getUserInfo', error: { code: '42P01' } });
    expect(JSON.stringify(line?.error)).toContain('get-user-info.ts');
  });
  it('200 with user_found false for an unknown user', async () => {
    expect(await ask({ discord_id: '1' })).toEqual({
      status: 200,
      body: { success: false, message: 'User not found', user_found: false },
    });
  });
  it('200 for a request with unknown fields', async () => {
    expect((await ask({ discord_id: '1', wanted: ['later'] })).status).toBe(200);
  });
  it('200 with the subscription that gives the plan', async () => {
    system.stripe.subscribe({ discordId: '42', price: 'price_moddy_max_month', email: 'paying@example.com' });
    await system.bot.received(2);
    const backend = createBackendClient({ baseUrl: system.internalUrl, secret: SECRET });
    expect(await backend.getUserInfo({ discord_id: '42' })).toMatchObject({
      plan: 'moddy_max',
      email: 'paying@example.com',
      subscription: { status: 'active', interval: 'month', cancel_at_period_end: false },
    });
  });
  it('200 with the state of the account page for a subscription that gives no plan', async () => {
    const { subscription } = system.stripe.subscribe({ discordId: '43', price: 'price_moddy_max_month', trialDays: 7 });
    system.stripe.pause(subscription);
    await eventually(
      () => ask({ discord_id: '43' }),
      ({ body }) => JSON.stringify(body).includes('"paused"'),
    );
    expect((await ask({ discord_id: '43' })).body).toMatchObject({
      plan: 'free',
      subscription: { status: 'paused', interval: 'month', interval_count: 1, state: 'paused', state_at: null },
    });
  });
  it('503 while the database is unavailable', async () => {
    const offline = await startTestBackend();
    await offline.backend.database.close();
    expect(await postJson(`${offline.internalUrl}/internal/user/info`, SECRET, { discord_id: '1' })).toEqual({
      status: 503,
      body: { error: 'The database is not reachable' },
    });
  });
  it('500 with a fixed text when a table is missing', async () => {
    const broken = await startTestBackend();
    await broken.backend.database.orm.execute('alter table users rename to people');
    expect(await postJson(`${broken.internalUrl}/internal/user/info`, SECRET, { discord_id: '1' })).toEqual({
      status: 500,
      body: { error: 'Internal error' },
    });
  });
  itRejects(backendInternal.operations.getUserInfo, () => ({ url: system.internalUrl, secret: SECRET }), {
    discord_id: '1',
  });
});
