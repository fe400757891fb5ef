import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { login, startSandbox } from '../fixture.ts';
import { OTHER_MEMBER_ID, PLAN_ROLE_ID } from '../world/seed.ts';

describe('a client during faults of Discord', () => {
  it('reconnects when its heartbeats are no longer acknowledged', async () => {
    const discord = await startSandbox();
    discord.setGateway({ heartbeatIntervalMs: 300 });
    const client = await login(discord);
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.acknowledgeHeartbeats(false);
    await discord.waitFor((change) => change.type === 'gateway' && change.state === 'disconnected');
    discord.acknowledgeHeartbeats(true);
    await resumed;
  });

  it('survives a total outage', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const rejected = discord.waitFor((change) => change.type === 'gateway_connection_refused');
    discord.startOutage();
    await rejected;
    expect((await fetch(`${discord.apiUrl}/v10/gateway`)).status).toBe(503);
    const back = discord.waitFor((change) => change.type === 'gateway' && change.state === 'resumed', 15_000);
    discord.endOutage();
    await back;
    const updated = new Promise((resolve) => client.once(Events.GuildMemberUpdate, resolve));
    discord.addRole(OTHER_MEMBER_ID, PLAN_ROLE_ID);
    await updated;
  });
});
