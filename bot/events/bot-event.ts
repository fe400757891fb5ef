import type { components } from '@moddy/generated/backend-internal/types';

type Schemas = components['schemas'];

/** Something that happened on Discord, as it is reported to the backend. */
export interface BotEvent {
  /** The same for the same happening, however often Discord or we repeat it. */
  readonly idempotencyKey: string;
  readonly body: Schemas['BotEventNotifyRequest'];
}

export type BotEventType = Schemas['BotEventType'];
