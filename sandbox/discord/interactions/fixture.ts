/** The project's two commands, and the real client answering them. */
import type { ChatInputCommandInteraction } from 'discord.js';
import { Events, Routes } from 'discord.js';
import { login, newRest, startSandbox } from '../fixture.ts';
import type { SandboxDiscord } from '../start-discord.ts';
import { APPLICATION_ID, GUILD_ID } from '../world/seed.ts';

export const userinfo = {
  name: 'userinfo',
  description: 'Who is this?',
  name_localizations: { fr: 'infos' },
  options: [{ type: 6, name: 'user', description: 'Who', required: false }],
};
export const subscription = { name: 'subscription', description: 'My subscription' };

export async function withCommands(): Promise<SandboxDiscord> {
  const discord = await startSandbox();
  await newRest(discord).put(Routes.applicationGuildCommands(APPLICATION_ID, GUILD_ID), {
    body: [userinfo, subscription],
  });
  return discord;
}

export async function answering(
  discord: SandboxDiscord,
  answer: (used: ChatInputCommandInteraction) => Promise<unknown>,
) {
  const client = await login(discord);
  const failures: unknown[] = [];
  client.on(Events.InteractionCreate, (used) => {
    if (used.isChatInputCommand()) answer(used).catch((error: unknown) => failures.push(error));
  });
  return failures;
}
