import { existsSync } from 'node:fs';
import { controlName } from '@moddy/sandbox/names';

export const DISCORD_NAME = 'discord.sandbox.test';

/*
 * The bot's process of a scenario imports this first: Discord's name is on loopback, and cannot be resolved while
 * GONE_FILE exists.
 */
const file = process.env.GONE_FILE;
if (file !== undefined) controlName(DISCORD_NAME, () => (existsSync(file) ? 'EAI_AGAIN' : 'loopback'));
