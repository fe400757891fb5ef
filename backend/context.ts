import type { operations } from '@moddy/generated/backend-internal/types';
import type { Handler, ServiceContext } from '@moddy/runtime/http/implement';
import type { Skew } from '@moddy/runtime/skew';
import type { WebhookOutcomes } from './billing/webhook.ts';
import type { Database } from './database/database.ts';
import type { GroupCommit } from './events/group-commit.ts';
import type { DiscordEvent, Stored } from './events/store-events.ts';
import type { Deliverer } from './outbox/deliverer.ts';
import type { Plans } from './plans.ts';

/** The context of the private API's handlers. */
export interface BackendContext extends ServiceContext {
  readonly database: Database;
  readonly events: GroupCommit<DiscordEvent, Stored>;
  readonly deliverer: Deliverer;
  readonly plans: Plans;
  readonly webhooks: WebhookOutcomes;
  /** How the bot's contract differs from ours. */
  readonly skew: Skew;
  readonly startedAt: Date;
  /** The mode of the Stripe key. */
  readonly livemode: boolean;
  readonly pastDueGraceMs: number;
  readonly now: () => Date;
}

export type BackendHandler<Id extends keyof operations> = Handler<operations[Id], BackendContext>;
