import type { BackendClient } from '@moddy/generated/backend-internal/client';
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

/** What a command answers, in its user's language. */
export type Command = (input: CommandInput) => Promise<CommandReply>;
