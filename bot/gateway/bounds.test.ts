import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SandboxDiscord } from '@moddy/sandbox/discord/start-discord';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTestBot, type TestBot, type TestBotOptions } from '../testing/start-test-bot.ts';

type Behaviour = Parameters<SandboxDiscord['setGateway']>[0];

const gatewayCheck = async ({ client }: TestBot) =>
  (await client.healthCheck()).checks?.find(({ name }) => name === 'gateway');

/** The `count`th request of this kind from now on. */
async function asked({ discord }: Pick<TestBot, 'discord'>, op: 'upgrade' | 'identify' | 'resume', count = 1) {
  for (let left = count; left > 0; left -= 1) {
    await discord.waitFor((change) => change.type === 'gateway_asked' && change.op === op, 15_000);
  }
}

const recovered: Behaviour = {
  accepting: true,
  upgradeStatus: 503,
  answerResume: true,
  answerIdentify: true,
  identifyCloseCode: 0,
  connectUrl: '',
  resumeUrl: '',
  sessionStartsRemaining: 1000,
};

const scaled: TestBotOptions['timings'] = { attemptMs: 600, resumeForMs: 1_500 };
const begin = (behaviour: Behaviour, timings = scaled) =>
  startTestBot({ timings, connects: false, prepare: (discord) => discord.setGateway(behaviour) });

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 1;
}

/** A listener that takes connections and never says anything. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 1;
}

describe('one client and one live session', () => {
  it.each([503, 520, 200])('at the start while the edge answers the upgrade with %i', async (upgradeStatus) => {
    const test = await begin({ accepting: false, upgradeStatus });
    await asked(test, 'upgrade', 4);
    expect(await gatewayCheck(test)).toMatchObject({ detail: expect.stringContaining(`answers ${upgradeStatus}`) });
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
    const before = test.discord.gatewayCounts();
    expect(before).toMatchObject({ identifies: 1, mostLive: 1 });
    // Nothing that was given up comes back: a drop leads to one connection, not to one per earlier attempt.
    test.discord.dropGateway();
    await test.journal.line('connected to the gateway', 2);
    expect(test.discord.gatewayCounts()).toMatchObject({
      upgrades: before.upgrades + 1,
      identifies: 1,
      resumes: 1,
      mostLive: 1,
    });
  });

  it('an abandoned session leaves no timer behind', async () => {
    const intervals = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => intervals.mockRestore());
    const test = await begin({ accepting: false, upgradeStatus: 503 });
    await asked(test, 'upgrade');
    const before = intervals.mock.calls.length;
    await asked(test, 'upgrade', 3);
    expect(intervals.mock.calls).toHaveLength(before);
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
  });

  it('while the gateway never answers the handshake', async () => {
    const test = await begin({ accepting: false, upgradeStatus: 0 });
    await asked(test, 'upgrade', 3);
    expect((await gatewayCheck(test))?.detail).toContain('the gateway does not answer');
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
    expect(test.discord.gatewayCounts()).toMatchObject({ identifies: 1, mostLive: 1 });
  });

  it("while the gateway's host name does not resolve", async () => {
    const test = await begin({ connectUrl: 'ws://gateway.invalid' });
    await test.journal.line('the gateway is not reachable');
    const check = await gatewayCheck(test);
    expect(check?.detail).toMatch(/the name of the gateway does not resolve \((ENOTFOUND|EAI_AGAIN)\)/);
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
    expect(test.discord.gatewayCounts()).toEqual({ upgrades: 1, identifies: 1, resumes: 0, mostLive: 1 });
  });

  it.each([
    ['refuses connections', closedPort],
    ['never answers', silentPort],
  ])('a fresh session when the host of the old one %s', async (_what, port) => {
    const resumeUrl = `ws://127.0.0.1:${await port()}`;
    const test = await begin({ resumeUrl });
    await test.journal.line('connected to the gateway');
    test.discord.setGateway(recovered);
    test.discord.dropGateway();
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'ready' });
    expect(test.discord.gatewayCounts()).toEqual({ upgrades: 2, identifies: 2, resumes: 0, mostLive: 1 });
  });

  it('a fresh session when RESUME is never answered', async () => {
    const test = await begin({ answerResume: false });
    await test.journal.line('connected to the gateway');
    test.discord.dropGateway();
    await asked(test, 'resume');
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'ready' });
    expect(test.discord.gatewayCounts()).toMatchObject({ identifies: 2, resumes: 1, mostLive: 1 });
  });

  it('a fresh session when opcode 9 allows a resume and RESUME is never answered', async () => {
    const test = await begin({ heartbeatIntervalMs: 100 });
    await test.journal.line('the members are known');
    test.discord.setGateway({ answerResume: false });
    test.discord.invalidateSessions(true);
    const { detail } = await test.journal.line('the gateway connection is lost');
    expect(detail).toBe('Discord does not resume the session');
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'ready' });
    expect(test.discord.gatewayCounts()).toMatchObject({ identifies: 2, mostLive: 1 });
  });

  it.each([1000, 1001, 1011, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 4200, 4999])(
    'after the close code %i',
    async (code) => {
      const test = await begin({});
      await test.journal.line('connected to the gateway');
      test.discord.closeGateway(code);
      await test.journal.line('connected to the gateway', 2);
      expect(test.discord.gatewayCounts().mostLive).toBe(1);
    },
  );

  it('when Discord requests a reconnect after each connection', async () => {
    const test = await begin({});
    for (const count of [1, 2, 3, 4]) {
      await test.journal.line('connected to the gateway', count);
      test.discord.reconnectGateway();
    }
    expect(await test.journal.line('connected to the gateway', 5)).toMatchObject({ name: 'resumed' });
    expect(test.discord.gatewayCounts()).toEqual({ upgrades: 5, identifies: 1, resumes: 4, mostLive: 1 });
  });

  it('while IDENTIFY is never answered', async () => {
    const test = await begin({ answerIdentify: false });
    await asked(test, 'identify', 2);
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
    expect(test.discord.gatewayCounts().mostLive).toBe(1);
  });

  it('a fresh session after opcode 9, and the same session when opcode 9 allows a resume', async () => {
    const test = await begin({});
    await test.journal.line('the members are known');
    test.discord.invalidateSessions();
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'ready' });
    await test.journal.line('the members are known', 2);
    test.discord.invalidateSessions(true);
    expect(await test.journal.line('connected to the gateway', 3)).toMatchObject({ name: 'resumed' });
    expect(test.discord.gatewayCounts()).toMatchObject({ identifies: 2, resumes: 1, mostLive: 1 });
  });
});

describe('IDENTIFY', () => {
  it('is limited per window, however fast sessions end', async () => {
    const bounds = { identifySpacingMs: 30, identifiesPerWindow: 4, identifyWindowMs: 3_600_000 };
    const test = await begin({ identifyWindowMs: 3_600_000 }, { ...scaled, ...bounds });
    const at: number[] = [];
    test.discord.on((change) => {
      if (change.type === 'gateway_asked' && change.op === 'identify') at.push(Date.now());
    });
    await test.journal.line('connected to the gateway');
    // Every IDENTIFY after the first is answered with opcode 9.
    test.discord.invalidateSessions();
    await test.journal.line('too many session starts');
    expect(test.discord.gatewayCounts().identifies).toBe(4);
    expect(await gatewayCheck(test)).toMatchObject({ detail: expect.stringContaining('too many session starts') });
  });

  it('is not sent while fewer than 100 session starts remain', async () => {
    const test = await begin({ sessionStartsRemaining: 99, sessionStartsResetMs: 100 });
    const cause = 'Discord allows only 99 more session starts until';
    await test.journal.line(cause);
    expect(await gatewayCheck(test)).toMatchObject({
      status: 'unhealthy',
      detail: expect.stringMatching(`^${cause} \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z: none is used$`),
    });
    expect(test.discord.gatewayCounts()).toMatchObject({ upgrades: 0, identifies: 0 });
    test.discord.setGateway(recovered);
    await test.journal.line('connected to the gateway');
  });

  it.each([4004, 4010, 4011, 4012, 4013, 4014])('is not retried at once after close code %i', async (code) => {
    const test = await begin({ identifyCloseCode: code }, { ...scaled, rejectedLoginRetryMs: 3_600_000 });
    const { message } = await test.journal.line('Discord');
    expect(await gatewayCheck(test)).toMatchObject({ status: 'unhealthy', detail: message });
    expect(test.journal.lines.find((line) => line.message === message)).toMatchObject({ retryInMs: 3_600_000 });
    expect(test.discord.gatewayCounts()).toMatchObject({ upgrades: 1, identifies: 1 });
  });
});

it.each([
  ['a session limit missing', { url: 'wss://gateway.invalid' }, 'Discord is not available'],
  ['the body of an edge', { status: 'ok' }, 'Discord is not available'],
])('GET /gateway/bot is retried after a 200 with %s', async (_what, body, cause) => {
  const prepare = (discord: SandboxDiscord) =>
    void discord.fail({ path: '/gateway/bot', answer: { status: 200, body } });
  const test = await startTestBot({ prepare, connects: false, timings: scaled });
  expect((await test.journal.line('the gateway is not reachable')).message).toContain(cause);
  await test.journal.line('connected to the gateway');
});

it('GET /gateway/bot times out and is retried when it stalls after the headers', async () => {
  const prepare = (discord: SandboxDiscord) => void discord.fail({ path: '/gateway/bot', end: 'stall' });
  const test = await startTestBot({ prepare, connects: false, timings: { ...scaled, readingDeadlineMs: 200 } });
  const line = await test.journal.line('the gateway is not reachable');
  expect(line.message).toContain('Discord does not answer in time');
  await test.journal.line('connected to the gateway');
});
