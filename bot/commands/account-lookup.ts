import type { components } from '@moddy/generated/backend-internal/types';
import { ClientError } from '@moddy/runtime/client/client';
import type { CommandInput } from './command.ts';

export type Account = components['schemas']['BotUserInfoResponse'];

/** What the website knows of a user; undefined when it does not answer, or not about this user. */
export async function findAccount(
  { backend, timings }: Pick<CommandInput, 'backend' | 'timings'>,
  discordId: string,
): Promise<Account | undefined> {
  try {
    const signal = AbortSignal.timeout(timings.accountDeadlineMs);
    const account = await backend.getUserInfo({ discord_id: discordId }, { signal });
    const isTheirs = !account.user_found || (account.discord_id ?? discordId) === discordId;
    return isTheirs ? account : undefined;
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}
