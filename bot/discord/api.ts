import { createRequire } from 'node:module';

const core = createRequire(import.meta.url)('@discordjs/core/http-only') as typeof import('@discordjs/core/http-only');

/**
 * discord.js's names for Discord's calls. By `require`, as discord.js itself is: `import` takes the other form of the
 * package and of three below it, so that each start loads those twice, for 30 ms of processor time.
 */
export const { API } = core;
export type API = InstanceType<typeof API>;
