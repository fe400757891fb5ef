import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { Variables } from '@moddy/runtime/config';
import { type Examination, examineService, well } from '@moddy/runtime/doctor/finding';
import { examineListeners } from '@moddy/runtime/doctor/listeners';
import { examinePeer } from '@moddy/runtime/doctor/peer';
import { examineSecret } from '@moddy/runtime/doctor/secret';
import { type BotConfig, readConfig } from '../config.ts';
import { examineDiscord } from './discord.ts';

/** Everything that keeps a bot from doing its work. @returns the exit code. */
export const examineBot = (variables: Variables, print: (line: string) => void): Promise<0 | 1> =>
  examineService(() => readConfig(variables), examinationsOf, print);

/** By the name of a check of the bot's health. */
const CURES_OF_CHECKS = {
  gateway: "do what its detail names; at an outage of Discord's edge it comes back by itself, without a restart",
  token:
    "set DISCORD_TOKEN to the one of the application's Bot page; while Discord pauses the token, wait and do not restart",
  guild: 'invite the bot to the server, or correct DISCORD_GUILD_ID',
  roles:
    "drag the bot's role above those of PLAN_ROLES in the server's list of roles, or correct PLAN_ROLES and restart",
  events: "run the backend's doctor and fix the backend: a restart of the bot loses the events that it holds",
  contract: 'deploy both services from one commit',
};

const examinationsOf = (config: BotConfig): readonly Examination[] => [
  async () => [well('variables', 'complete'), ...examineSecret(config.secret, config.production)],
  () =>
    examineListeners({
      ...config,
      service: 'moddy-bot-internal',
      healthPath: botInternal.operations.healthCheck.path,
      cures: CURES_OF_CHECKS,
    }),
  () =>
    examinePeer({
      ...config,
      variable: 'BACKEND_INTERNAL_URL',
      url: config.backendUrl,
      service: 'website-backend-internal',
      healthPath: backendInternal.operations.healthCheck.path,
      documents: { 'bot-internal': botInternal, 'backend-internal': backendInternal },
    }),
  () => examineDiscord(config),
];
