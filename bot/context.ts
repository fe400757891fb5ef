import type { operations } from '@moddy/generated/bot-internal/types';
import type { Handler, ServiceContext } from '@moddy/runtime/http/implement';
import type { BotConfig } from './config.ts';
import type { DirectMessageRejection, DirectMessages } from './discord/direct-messages.ts';
import type { IdempotencyCache } from './discord/idempotency-cache.ts';
import type { DiscordRest } from './discord/rest.ts';
import type { ApplyRoleUpdate } from './discord/role-updates.ts';
import type { Health } from './health.ts';
import type { SeenLocales } from './messages/seen-locales.ts';
import type { Timings } from './timings.ts';

/** The context of the private API's handlers. */
export interface BotContext extends ServiceContext {
  readonly config: BotConfig;
  readonly timings: Timings;
  readonly health: Health;
  readonly rest: DiscordRest;
  readonly directMessages: DirectMessages;
  readonly notifications: IdempotencyCache<'sent' | DirectMessageRejection>;
  readonly updateRoles: ApplyRoleUpdate;
  readonly seenLocales: SeenLocales;
}

/** Implements one operation of `bot-internal.yaml`. */
export type BotHandler<Id extends keyof operations> = Handler<operations[Id], BotContext>;
