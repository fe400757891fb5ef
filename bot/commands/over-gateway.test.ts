import { expect, it } from 'vitest';
import { startWithCommands } from '../testing/commands.ts';
import { MEMBER } from '../testing/start-test-bot.ts';

it('a command under way is answered while the bot stops', async () => {
  const test = await startWithCommands({ timings: { accountDeadlineMs: 300 } });
  const release = test.backend.hang();
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  await test.discord.waitFor(() => invoked.state === 'deferred');
  await test.bot.stop();
  expect(invoked.message?.content).toContain('le site ne répond pas');
  release();
});

it.each([
  ['is lost, so that its repetition is refused', 'hang'],
  ['is lost', 'drop'],
] as const)('a command is answered though the answer to its deferral %s', async (_what, end) => {
  const test = await startWithCommands({ timings: { discordTimeoutMs: 200 } });
  test.discord.fail({ path: '/interactions/:id/:token/callback', end, applyEffect: true });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
});

it.each([
  ['a deferral that comes too late', 'POST', '/interactions/:id/:token/callback', 404, 10062],
  ['a reply with a token that is over', 'PATCH', '/webhooks/:id/:token/messages/:message', 401, 50027],
])('%s is logged, the token of the bot stays good, and the next command is answered', async (...fault) => {
  const [, method, path, status, code] = fault;
  const test = await startWithCommands();
  test.discord.fail({ method, path, answer: { status, body: { message: 'Discord says no', code } } });
  test.discord.invokeCommand(MEMBER, 'subscription');
  await test.journal.line('an interaction could not be answered');
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
  expect((await test.client.healthCheck()).checks).toContainEqual({ name: 'token', status: 'healthy' });
});

it('a command is answered though Discord takes no reply for a while', async () => {
  const test = await startWithCommands();
  const path = '/webhooks/:id/:token/messages/:message';
  const outage = test.discord.fail({ method: 'PATCH', path, answer: { status: 503 }, times: 14 });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked, 15_000)).embeds).toHaveLength(1);
  expect(outage.hits).toBe(14);
});

it('a command is answered though the answer to its reply is lost', async () => {
  const test = await startWithCommands({ timings: { discordTimeoutMs: 200 } });
  test.discord.fail({ method: 'PATCH', path: '/webhooks/:id/:token/messages/:message', end: 'drop' });
  const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
  expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
});
