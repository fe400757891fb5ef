import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { Variables } from '@moddy/runtime/config';
import { type Examination, examineService, type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import { examineListeners } from '@moddy/runtime/doctor/listeners';
import { examinePeer } from '@moddy/runtime/doctor/peer';
import { examineSecret } from '@moddy/runtime/doctor/secret';
import { type BackendConfig, readConfig } from '../../config.ts';
import { CURES_OF_CHECKS } from '../cures.ts';
import { examineDatabase } from './database.ts';
import { examineStripe } from './stripe.ts';

/** Everything that keeps a backend from doing its work. @returns the exit code. */
export const examineBackend = (variables: Variables, print: (line: string) => void): Promise<0 | 1> =>
  examineService(() => readConfig(variables), examinationsOf, print);

function examineJoin({ site: { joinOnLogin, inviteUrl } }: BackendConfig): readonly Finding[] {
  if (!joinOnLogin || inviteUrl !== undefined) return [];
  const detail = 'JOIN_ON_LOGIN is on without DISCORD_INVITE_URL: a user whom Discord does not let join has no link';
  return [wrong('joining', detail, 'set DISCORD_INVITE_URL to an invite of the server that does not expire')];
}

const examinationsOf = (config: BackendConfig): readonly Examination[] => [
  async () => [
    well('variables', 'complete'),
    ...examineSecret(config.secret, config.production),
    ...examineJoin(config),
  ],
  () =>
    examineListeners({
      ...config,
      publicPort: config.port,
      service: 'website-backend-internal',
      healthPath: backendInternal.operations.healthCheck.path,
      cures: CURES_OF_CHECKS,
    }),
  () =>
    examinePeer({
      ...config,
      variable: 'BOT_INTERNAL_URL',
      url: config.botUrl,
      service: 'moddy-bot-internal',
      healthPath: botInternal.operations.healthCheck.path,
      documents: { 'bot-internal': botInternal, 'backend-internal': backendInternal },
    }),
  () => examineDatabase(config),
  () => examineStripe(config),
];
