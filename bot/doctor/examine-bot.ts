import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { ConfigError, type Variables } from '@moddy/runtime/config';
import { type Examination, examine, well, wrong } from '@moddy/runtime/doctor/finding';
import { examineListeners } from '@moddy/runtime/doctor/listeners';
import { examinePeer } from '@moddy/runtime/doctor/peer';
import { examineSecret } from '@moddy/runtime/doctor/secret';
import { type BotConfig, readConfig } from '../config.ts';
import { examineDiscord } from './discord.ts';

/** Everything that keeps a bot from doing its work. @returns the exit code. */
export async function examineBot(variables: Variables, print: (line: string) => void): Promise<0 | 1> {
  try {
    return await examine(examinationsOf(readConfig(variables)), print);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { faults } = error;
    return examine(
      [
        async () =>
          faults.map((fault) =>
            wrong('variables', fault, 'set it as .env.example says, then run the doctor again: it checks the rest'),
          ),
      ],
      print,
    );
  }
}

const examinationsOf = (config: BotConfig): readonly Examination[] => [
  async () => [well('variables', 'complete'), ...examineSecret(config.secret, config.production)],
  () =>
    examineListeners({
      ...config,
      service: 'moddy-bot-internal',
      healthPath: botInternal.operations.healthCheck.path,
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
