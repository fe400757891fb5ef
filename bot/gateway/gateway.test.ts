import { GatewayIntentBits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROLE, MEMBER, OUTSIDER, startTestBot } from '../testing/start-test-bot.ts';

const gatewayCheck = async ({ client }: Pick<Awaited<ReturnType<typeof startTestBot>>, 'client'>) =>
  (await client.healthCheck()).checks?.find(({ name }) => name === 'gateway');

describe('the gateway connection', () => {
  it('requests the fewest intents, and the intent for messages only with LOG_MESSAGES', async () => {
    const quiet = await startTestBot();
    const least = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMembers;
    expect(quiet.discord.sessions().map(({ intents }) => intents)).toEqual([least]);
    const logging = await startTestBot({ environment: { LOG_MESSAGES: 'true' } });
    const more = least | GatewayIntentBits.GuildMessages;
    expect(logging.discord.sessions().map(({ intents }) => intents)).toEqual([more]);
  });

  it('is unhealthy during an outage of Discord at the start and recovers after it', async () => {
    const test = await startTestBot({ prepare: (discord) => discord.startOutage(), connects: false });
    await test.journal.line('the gateway is not reachable');
    expect(await gatewayCheck(test)).toMatchObject({
      status: 'unhealthy',
      detail: 'the gateway is not reachable: Discord is not available',
    });
    test.discord.endOutage();
    await test.journal.line('connected to the gateway');
    expect(await gatewayCheck(test)).toEqual({ name: 'gateway', status: 'healthy' });
  });

  it('resumes its session after a broken connection', async () => {
    const test = await startTestBot();
    const [before] = test.discord.sessions();
    test.discord.dropGateway();
    await test.journal.line('the gateway connection is lost');
    expect(await gatewayCheck(test)).toMatchObject({ status: 'unhealthy' });
    await test.journal.line('connected to the gateway', 2);
    expect(test.discord.sessions()).toMatchObject([{ id: before?.id }]);
    expect(await gatewayCheck(test)).toMatchObject({ status: 'healthy' });
  });

  it('starts a new session when the old one is invalid', async () => {
    const test = await startTestBot();
    test.discord.invalidateSessions();
    await test.journal.line('connected to the gateway', 2);
    expect(await gatewayCheck(test)).toMatchObject({ status: 'healthy' });
  });

  it('names the intent that Discord rejects, and recovers when the intent is switched on', async () => {
    const prepare = (discord: { setPrivilegedIntents(switches: { guildMembers: boolean }): void }) =>
      discord.setPrivilegedIntents({ guildMembers: false });
    const test = await startTestBot({ prepare, connects: false });
    const line = await test.journal.line('Discord refuses the intents');
    expect(line.message).toContain('switch on "Server Members Intent"');
    expect(await gatewayCheck(test)).toMatchObject({ status: 'unhealthy', detail: line.message });
    test.discord.setPrivilegedIntents({ guildMembers: true });
    await test.journal.line('connected to the gateway');
  });

  it('is unhealthy when Discord rejects the bot token', async () => {
    const test = await startTestBot({ environment: { DISCORD_TOKEN: 'yesterdays-token' }, connects: false });
    await test.journal.line('Discord refuses the bot token');
    const { status, checks } = await test.client.healthCheck();
    expect(status).toBe('unhealthy');
    expect(checks?.filter((check) => check.status === 'unhealthy').map(({ name }) => name)).toContain('gateway');
  });

  it('recovers when Discord accepts a rejected token again', async () => {
    const answer = { status: 401, body: { message: '401: Unauthorized', code: 0 } };
    const test = await startTestBot({
      prepare: (discord) => void discord.fail({ path: '/gateway/bot', answer }),
      timings: { rejectedLoginRetryMs: 3_600_000 },
      connects: false,
    });
    await test.journal.line('Discord refuses the bot token');
    await test.journal.line('Discord accepts the bot token again');
    await test.journal.line('connected to the gateway');
  });

  it('detects a token reset while it is connected', async () => {
    const test = await startTestBot({ timings: { rejectedLoginRetryMs: 60_000 } });
    test.discord.resetToken();
    await test.journal.line('Discord refuses the bot token');
    expect((await test.client.healthCheck()).status).toBe('unhealthy');
  });

  it('is unhealthy when heartbeats are no longer acknowledged', async () => {
    const test = await startTestBot({ timings: { maxHeartbeatAgeMs: -1 } });
    expect(await gatewayCheck(test)).toMatchObject({ status: 'unhealthy', detail: 'no heartbeat for 0 s' });
  });

  it('logs an outage once, however many attempts fail', async () => {
    const test = await startTestBot();
    test.discord.startOutage();
    for (let tried = 0; tried < 3; tried += 1) {
      await test.discord.waitFor((change) => change.type === 'gateway_connection_refused');
    }
    test.discord.endOutage();
    await test.journal.line('connected to the gateway', 2);
    const lost = test.journal.lines.filter(({ message }) => message.startsWith('the gateway connection is lost'));
    expect(lost).toHaveLength(1);
  });

  it('stays healthy after malformed JSON and receives the events after it', async () => {
    const test = await startTestBot();
    test.discord.sendGarbage();
    test.discord.join(OUTSIDER);
    await test.backend.event(({ body }) => body.event_type === 'member_joined');
    expect(await gatewayCheck(test)).toEqual({ name: 'gateway', status: 'healthy' });
  });

  it('closes first when the bot stops, before the requests in flight complete', async () => {
    const test = await startTestBot();
    test.discord.fail({ method: 'POST', path: '/channels/:id/messages', delayMs: 700 });
    const order: string[] = [];
    test.discord.on((change) => {
      if (change.type === 'gateway') order.push(change.state);
    });
    const asked = test.discord.waitFor(
      (change) => change.type === 'request' && change.request.path.endsWith('/messages'),
    );
    const answer = test.client
      .notifyUser({ discord_id: MEMBER, action: 'subscription_created' })
      .then(({ notification_sent }) => order.push(`sent ${notification_sent}`));
    await asked;
    await test.bot.stop();
    await answer;
    expect(order).toEqual(['invalidated', 'sent true']);
    expect(test.discord.sessions()).toEqual([]);
  });

  it('logs at the start which roles of plans cannot be granted', async () => {
    const roles = { moddy_max: [ADMIN_ROLE], moddy_plus: ['43'] };
    const test = await startTestBot({ environment: { PLAN_ROLES: JSON.stringify(roles) } });
    const { detail } = await test.journal.line('roles of plans cannot be given');
    expect(detail).toContain('PLAN_ROLES moddy_max: The role "Admin" has administration or moderation permissions');
    expect(detail).toContain('PLAN_ROLES moddy_plus: the role 43 does not exist');
  });

  it('registers the commands again when the bot is removed and invited back', async () => {
    const test = await startTestBot();
    await test.journal.line('commands');
    test.discord.removeBot();
    await test.journal.line('the guild is not available');
    expect(test.discord.commands()).toEqual([]);
    test.discord.returnBot();
    expect(await test.journal.line('commands', 2)).toMatchObject({ outcome: 'registered' });
    expect(test.discord.commands()).toHaveLength(2);
  });

  it('registers the commands again when the removal happens while the connection is lost', async () => {
    const test = await startTestBot();
    await test.journal.line('commands');
    test.discord.setGateway({ accepting: false });
    test.discord.dropGateway();
    test.discord.removeBot();
    test.discord.setGateway({ accepting: true });
    await test.journal.line('connected to the gateway', 2);
    // Without an event of the removal: the session that would replay it is no more.
    test.discord.invalidateSessions();
    await test.journal.line('connected to the gateway', 3);
    test.discord.returnBot();
    expect(await test.journal.line('commands', 2)).toMatchObject({ outcome: 'registered' });
  });

  it('waits for a guild that is unavailable at the start', async () => {
    const test = await startTestBot({ prepare: (discord) => discord.setGuildAvailable(false) });
    test.discord.setGuildAvailable(true);
    await test.journal.line('the members are known');
    expect(test.journal.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('stays connected through an outage of the guild', async () => {
    const test = await startTestBot();
    test.discord.setGuildAvailable(false);
    await test.journal.line('the guild is not available');
    test.discord.setGuildAvailable(true);
    test.discord.join(OUTSIDER);
    await test.backend.event(({ body }) => body.event_type === 'member_joined');
    expect(test.discord.gatewayCounts()).toMatchObject({ upgrades: 1, identifies: 1 });
  });
});
