import type { BackendClient } from '@moddy/generated/backend-internal/client';
import type { components } from '@moddy/generated/backend-internal/types';
import { ClientError } from '@moddy/runtime/client/client';
import type { Messages } from '../messages/texts.ts';
import type { Timings } from '../timings.ts';
import type { Invocation } from './invocation.ts';
import type { CommandReply } from './reply.ts';

export interface CommandInput {
  readonly invocation: Invocation;
  readonly backend: BackendClient;
  readonly timings: Pick<Timings, 'accountDeadlineMs'>;
  readonly messages: Messages;
  readonly websiteUrl: string | undefined;
  /** Set where the user may not be on the server. */
  readonly inviteUrl: string | undefined;
}

/** Answers one use of a command, in its user's language. */
export type Command = (input: CommandInput) => Promise<CommandReply>;

export type Account = components['schemas']['BotUserInfoResponse'];

/** The website's account of a user; undefined when the backend does not answer, or answers about another user. */
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
