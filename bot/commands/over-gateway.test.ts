import { expect, it } from 'vitest';
import { startWithCommands } from '../testing/commands.ts';
import { MEMBER } from '../testing/start-test-bot.ts';

it('the bot answers a command in flight before it stops', async () => {
  const test = await startWithCommands({ timings: { accountDeadlineMs: 300 } });
  const release = test.backend.hang();
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  await test.discord.waitFor(() => invoked.state === 'deferred');
  await test.bot.stop();
  expect(invoked.message?.content).toContain('le site ne répond pas');
  release();
});

it.each([
  ['times out', 'hang'],
  ['is lost with the connection', 'drop'],
] as const)('the bot answers a command when Discord accepts its deferral but the response %s', async (_what, end) => {
  const test = await startWithCommands({ timings: { discordTimeoutMs: 200 } });
  test.discord.fail({ path: '/interactions/:id/:token/callback', end, applyEffect: true });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
});

it.each([
  ['a deferral after the deadline', 'POST', '/interactions/:id/:token/callback', 404, 10062],
  ['a reply with an expired token', 'PATCH', '/webhooks/:id/:token/messages/:message', 401, 50027],
])('%s is logged; the bot token stays valid and the bot answers the next command', async (...fault) => {
  const [, method, path, status, code] = fault;
  const test = await startWithCommands();
  test.discord.fail({ method, path, answer: { status, body: { message: 'Discord says no', code } } });
  test.discord.invokeCommand(MEMBER, 'subscription');
  await test.journal.line('an interaction could not be answered');
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
  expect((await test.client.healthCheck()).checks).toContainEqual({ name: 'token', status: 'healthy' });
});

it('the bot retries the reply to a command through 14 responses with 503', async () => {
  const test = await startWithCommands();
  const path = '/webhooks/:id/:token/messages/:message';
  const outage = test.discord.fail({ method: 'PATCH', path, answer: { status: 503 }, times: 14 });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked, 15_000)).embeds).toHaveLength(1);
  expect(outage.hits).toBe(14);
});

it('the bot answers a command when the response to its reply is lost', async () => {
  const test = await startWithCommands({ timings: { discordTimeoutMs: 200 } });
  test.discord.fail({ method: 'PATCH', path: '/webhooks/:id/:token/messages/:message', end: 'drop' });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
});
