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
