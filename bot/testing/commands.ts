import type { APIMessage } from 'discord.js';
import { expect } from 'vitest';
import { MEMBER, OTHER_MEMBER, startTestBot, type TestBot, type TestBotOptions } from './start-test-bot.ts';

export const OWNER = '100000000000000001';
/** The backend's account of a user. */
export const account = (discordId: string) => ({
  success: true,
  message: 'User found',
  user_found: true,
  discord_id: discordId,
  email: 'user@example.com',
  created_at: '2024-01-15T10:30:00Z',
  updated_at: '2024-01-20T14:25:00Z',
  plan: 'moddy_max',
  subscription: {
    status: 'active' as const,
    interval: 'month' as const,
    current_period_end: '2026-12-24T18:00:00Z',
    cancel_at_period_end: false,
  },
});

/** The bot with its commands registered, and two users whom the backend knows. */
export async function startWithCommands(options: TestBotOptions = {}): Promise<TestBot> {
  const test = await startTestBot(options);
  await test.journal.line('commands');
  for (const discordId of [MEMBER, OTHER_MEMBER]) test.backend.accounts.set(discordId, account(discordId));
  return test;
}

/** The answer that a user gets; always for them alone. */
export async function use({ discord }: TestBot, ...invocation: Parameters<TestBot['discord']['invokeCommand']>) {
  const invoked = discord.invokeCommand(...invocation);
  const message = await discord.waitForAnswer(invoked);
  expect(invoked.ephemeral).toBe(true);
  return message;
}

export const fieldsOf = (message: APIMessage) =>
  Object.fromEntries((message.embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));
