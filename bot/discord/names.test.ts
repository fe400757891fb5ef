import { controlName, type Resolution } from '@moddy/sandbox/names';
import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import { expect, it, onTestFinished } from 'vitest';
import { MAX_ROLE, MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const NAME = 'discord.sandbox.test';

it.each(['ENOTFOUND', 'EAI_AGAIN'] as const)(
  "503 when Discord's host name stops resolving (%s), and one message when it resolves again",
  async (failure) => {
    let resolution: Resolution = 'loopback';
    onTestFinished(controlName(NAME, () => resolution));
    const network = await startTcpProxy(0);
    onTestFinished(() => network.close());
    const { call, discord, client } = await startTestBot({
      environment: ({ webUrl }) => {
        network.direct(Number(new URL(webUrl).port));
        return { DISCORD_API_URL: `http://${NAME}:${network.port}/api` };
      },
    });
    const notify = (key: string, attempt: string) =>
      call(
        'POST',
        '/internal/notify',
        { discord_id: MEMBER, action: 'subscription_created' },
        { 'idempotency-key': key, 'x-delivery-attempt': attempt },
      );
    const updateRoles = () => call('POST', '/internal/roles/update', { discord_id: MEMBER, plan: 'moddy_max' });
    expect(await notify('before', '1')).toMatchObject({ status: 200, body: { notification_sent: true } });
    const requests = () => discord.requests().length;

    resolution = failure;
    // Open connections do not need the name.
    network.halfOpen();
    network.giveUp();
    const before = requests();
    expect(await notify('during', '1')).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await updateRoles()).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await notify('during', '2')).toMatchObject({ status: 503, retryAfter: 5 });
    expect(requests()).toBe(before);

    resolution = 'loopback';
    expect(await notify('during', '3')).toMatchObject({ status: 200, body: { notification_sent: true } });
    expect(await updateRoles()).toMatchObject({ status: 200, body: { roles_updated: true } });
    expect(discord.directMessages(MEMBER)).toHaveLength(2);
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
    const { checks = [] } = await client.healthCheck();
    expect(checks.filter(({ status }) => status !== 'healthy')).toEqual([]);
  },
);
