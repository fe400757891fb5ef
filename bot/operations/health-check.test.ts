import { botInternal } from '@moddy/generated/bot-internal/routes';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/health';

describe('healthCheck', () => {
  it('200, healthy, with every check and the version of each contract', async () => {
    const { client } = await startTestBot();
    expect(await client.healthCheck()).toEqual({
      status: 'healthy',
      service: 'discord-bot',
      version: botInternal.version,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      checks: [
        { name: 'gateway', status: 'healthy' },
        { name: 'token', status: 'healthy' },
        { name: 'guild', status: 'healthy' },
        { name: 'roles', status: 'healthy' },
        { name: 'events', status: 'healthy', detail: '0 waiting, 0 dropped' },
      ],
      contract: {
        'bot-internal': { version: botInternal.version, digest: botInternal.digest },
        'backend-internal': { version: '1.1.0', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    });
  });

  it('200, unhealthy, during an outage of Discord; healthy after it', async () => {
    const { client, discord, journal } = await startTestBot();
    discord.startOutage();
    await journal.line('the gateway connection is lost');
    const during = await client.healthCheck();
    expect(during.status).toBe('unhealthy');
    expect(during.checks).toContainEqual({
      name: 'gateway',
      status: 'unhealthy',
      detail: expect.stringMatching(/^the gateway connection is lost, reconnecting: ./),
    });
    expect(during.checks).toContainEqual({ name: 'guild', status: 'unhealthy', detail: 'Discord is not available' });
    discord.endOutage();
    await journal.line('connected to the gateway', 2);
    expect((await client.healthCheck()).status).toBe('healthy');
  });

  it('200 with the check roles naming a role that cannot be granted', async () => {
    const environment = { PLAN_ROLES: JSON.stringify({ moddy_max: [ADMIN_ROLE] }) };
    const { client } = await startTestBot({ environment });
    expect((await client.healthCheck()).checks).toContainEqual({
      name: 'roles',
      status: 'unhealthy',
      detail: 'PLAN_ROLES moddy_max: The role "Admin" has administration or moderation permissions',
    });
  });

  it('401 without a secret, 403 with a wrong one, 421 through the public edge', async () => {
    const { call } = await startTestBot();
    expect((await call('GET', PATH, undefined, { authorization: '' })).status).toBe(401);
    expect((await call('GET', PATH, undefined, { authorization: 'Bearer nope' })).status).toBe(403);
    expect((await call('GET', PATH, undefined, { 'x-railway-edge': 'europe' })).status).toBe(421);
  });

  it('200 with the previous secret', async () => {
    const { call } = await startTestBot({ environment: { INTERNAL_API_SECRET_PREVIOUS: 'yesterday' } });
    expect((await call('GET', PATH, undefined, { authorization: 'Bearer yesterday' })).status).toBe(200);
  });
});
