// Generated from openapi/backend-internal.yaml by `make generate`. Do not edit.
import { z } from '@hono/zod-openapi';
import type { Holds, Same } from '@moddy/runtime/proof';
import { integer, maxBytes, maxDepth, nullable, onInput, unknownAs } from '@moddy/runtime/schema';
import type { components } from './types.ts';

/*
 * `X` is what a server reads: unknown fields are ignored. `XStrict` is what a server may send: nothing that the document
 * lacks. `XTolerant` is what a client reads: unknown fields ignored, optional ones that it cannot read dropped, unknown
 * values mapped. A form that would not differ from `X` is left out.
 */

type Schemas = components['schemas'];

export const ServiceResponseStrict = z.strictObject({
  service: z.literal('website-backend-internal'),
  status: z.literal('running'),
}).openapi('ServiceResponseStrict');

export const ServiceResponse = z.object({
  service: z.literal('website-backend-internal'),
  status: z.literal('running'),
}).openapi('ServiceResponse');

export const ErrorDetailStrict = z.strictObject({
  path: z.string(),
  message: z.string(),
}).openapi('ErrorDetailStrict');

export const ErrorResponseStrict = z.strictObject({
  error: z.string(),
  details: z.array(ErrorDetailStrict).optional(),
}).openapi('ErrorResponseStrict');

export const ErrorDetail = z.object({
  path: z.string(),
  message: z.string(),
}).openapi('ErrorDetail');

export const ErrorResponseTolerant = z.object({
  error: z.string(),
  details: z.array(ErrorDetail).optional().catch(undefined),
}).openapi('ErrorResponseTolerant');

export const HealthStatus = z.enum(['healthy', 'unhealthy']).openapi('HealthStatus');

export const HealthCheckStrict = z.strictObject({
  name: z.string(),
  status: HealthStatus,
  detail: z.string().optional(),
}).openapi('HealthCheckStrict');

export const ContractVersionStrict = z.strictObject({
  version: z.string(),
  digest: z.string(),
}).openapi('ContractVersionStrict');

export const InternalHealthResponseStrict = z.strictObject({
  status: HealthStatus,
  service: z.literal('website-backend'),
  version: z.string().nullable().optional(),
  started_at: z.string().optional(),
  checks: z.array(HealthCheckStrict).optional(),
  contract: z.strictObject({
    'bot-internal': ContractVersionStrict.optional(),
    'backend-internal': ContractVersionStrict.optional(),
  }).optional(),
}).openapi('InternalHealthResponseStrict');

export const HealthCheckTolerant = z.object({
  name: z.string(),
  status: HealthStatus,
  detail: z.string().optional().catch(undefined),
}).openapi('HealthCheckTolerant');

export const ContractVersion = z.object({
  version: z.string(),
  digest: z.string(),
}).openapi('ContractVersion');

export const InternalHealthResponseTolerant = z.object({
  status: HealthStatus,
  service: z.literal('website-backend'),
  version: z.string().nullable().optional().catch(undefined),
  started_at: z.string().optional().catch(undefined),
  checks: z.array(HealthCheckTolerant).optional().catch(undefined),
  contract: z.object({
    'bot-internal': ContractVersion.optional().catch(undefined),
    'backend-internal': ContractVersion.optional().catch(undefined),
  }).optional().catch(undefined),
}).openapi('InternalHealthResponseTolerant');

export const DiscordId = z.string().regex(/^[0-9]{1,20}$/u).openapi('DiscordId');

export const BotUserInfoRequest = z.object({
  discord_id: DiscordId,
}).openapi('BotUserInfoRequest');

export const SubscriptionStatusStrict = z.enum([
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'incomplete',
  'incomplete_expired',
  'canceled',
  'other',
]).openapi('SubscriptionStatusStrict');

export const BillingIntervalStrict = z.enum(['day', 'week', 'month', 'year', 'other']).openapi('BillingIntervalStrict');

export const SubscriptionStateStrict = z.enum([
  'active',
  'trial',
  'ending',
  'collection_paused',
  'late',
  'confirm',
  'lapsed',
  'unpaid',
  'paused',
  'incomplete',
  'ended',
  'other',
]).openapi('SubscriptionStateStrict');

export const UserSubscriptionStrict = z.strictObject({
  status: SubscriptionStatusStrict,
  interval: BillingIntervalStrict.optional(),
  interval_count: integer().gte(1).optional(),
  state: SubscriptionStateStrict.optional(),
  state_at: z.string().nullable().optional(),
  current_period_end: z.string().nullable().optional(),
  cancel_at_period_end: z.boolean().optional(),
}).openapi('UserSubscriptionStrict');

export const BotUserInfoResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  user_found: z.boolean(),
  discord_id: nullable(DiscordId).optional(),
  email: z.string().nullable().optional(),
  created_at: z.string().nullable().optional(),
  updated_at: z.string().nullable().optional(),
  plan: z.string().nullable().optional(),
  locale: z.string().nullable().optional(),
  subscription: nullable(UserSubscriptionStrict).optional(),
}).openapi('BotUserInfoResponseStrict');

export const SubscriptionStatus = unknownAs(z.enum([
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'incomplete',
  'incomplete_expired',
  'canceled',
  'other',
]), 'other').openapi('SubscriptionStatus');

export const BillingInterval = unknownAs(z.enum(['day', 'week', 'month', 'year', 'other']), 'other').openapi('BillingInterval');

export const SubscriptionState = unknownAs(z.enum([
  'active',
  'trial',
  'ending',
  'collection_paused',
  'late',
  'confirm',
  'lapsed',
  'unpaid',
  'paused',
  'incomplete',
  'ended',
  'other',
]), 'other').openapi('SubscriptionState');

export const UserSubscriptionTolerant = z.object({
  status: SubscriptionStatus,
  interval: BillingInterval.optional().catch(undefined),
  interval_count: integer().gte(1).optional().catch(undefined),
  state: SubscriptionState.optional().catch(undefined),
  state_at: z.string().nullable().optional().catch(undefined),
  current_period_end: z.string().nullable().optional().catch(undefined),
  cancel_at_period_end: z.boolean().optional().catch(undefined),
}).openapi('UserSubscriptionTolerant');

export const BotUserInfoResponseTolerant = z.object({
  success: z.boolean(),
  message: z.string(),
  user_found: z.boolean(),
  discord_id: nullable(DiscordId).optional().catch(undefined),
  email: z.string().nullable().optional().catch(undefined),
  created_at: z.string().nullable().optional().catch(undefined),
  updated_at: z.string().nullable().optional().catch(undefined),
  plan: z.string().nullable().optional().catch(undefined),
  locale: z.string().nullable().optional().catch(undefined),
  subscription: nullable(UserSubscriptionTolerant).optional().catch(undefined),
}).openapi('BotUserInfoResponseTolerant');

export const BotEventType = z.enum(['member_joined', 'member_left', 'role_updated', 'command_used', 'message_sent']).openapi('BotEventType');

export const EventMetadata = onInput(
  z.looseObject({
    guild_id: z.string().nullable().optional(),
    timestamp: z.string().nullable().optional(),
    username: z.string().nullable().optional(),
  }),
  maxBytes(16384),
  maxDepth(8),
).openapi('EventMetadata');

export const BotEventNotifyRequest = z.object({
  event_type: BotEventType,
  discord_id: DiscordId,
  metadata: nullable(EventMetadata).optional(),
}).openapi('BotEventNotifyRequest');

export const BotEventNotifyResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  event_received: z.boolean(),
}).openapi('BotEventNotifyResponseStrict');

export const BotEventNotifyResponse = z.object({
  success: z.boolean(),
  message: z.string(),
  event_received: z.boolean(),
}).openapi('BotEventNotifyResponse');

/** Does not compile where a validator and its type differ. */
export type Proof = {
  ServiceResponseStrict: Holds<Same<z.output<typeof ServiceResponseStrict>, Schemas['ServiceResponse']>>;
  ServiceResponse: Holds<Same<z.output<typeof ServiceResponse>, Schemas['ServiceResponse']>>;
  ErrorDetailStrict: Holds<Same<z.output<typeof ErrorDetailStrict>, Schemas['ErrorDetail']>>;
  ErrorResponseStrict: Holds<Same<z.output<typeof ErrorResponseStrict>, Schemas['ErrorResponse']>>;
  ErrorDetail: Holds<Same<z.output<typeof ErrorDetail>, Schemas['ErrorDetail']>>;
  ErrorResponseTolerant: Holds<Same<z.output<typeof ErrorResponseTolerant>, Schemas['ErrorResponse']>>;
  HealthStatus: Holds<Same<z.output<typeof HealthStatus>, Schemas['HealthStatus']>>;
  HealthCheckStrict: Holds<Same<z.output<typeof HealthCheckStrict>, Schemas['HealthCheck']>>;
  ContractVersionStrict: Holds<Same<z.output<typeof ContractVersionStrict>, Schemas['ContractVersion']>>;
  InternalHealthResponseStrict: Holds<Same<z.output<typeof InternalHealthResponseStrict>, Schemas['InternalHealthResponse']>>;
  HealthCheckTolerant: Holds<Same<z.output<typeof HealthCheckTolerant>, Schemas['HealthCheck']>>;
  ContractVersion: Holds<Same<z.output<typeof ContractVersion>, Schemas['ContractVersion']>>;
  InternalHealthResponseTolerant: Holds<Same<z.output<typeof InternalHealthResponseTolerant>, Schemas['InternalHealthResponse']>>;
  DiscordId: Holds<Same<z.output<typeof DiscordId>, Schemas['DiscordId']>>;
  BotUserInfoRequest: Holds<Same<z.output<typeof BotUserInfoRequest>, Schemas['BotUserInfoRequest']>>;
  SubscriptionStatusStrict: Holds<Same<z.output<typeof SubscriptionStatusStrict>, Schemas['SubscriptionStatus']>>;
  BillingIntervalStrict: Holds<Same<z.output<typeof BillingIntervalStrict>, Schemas['BillingInterval']>>;
  SubscriptionStateStrict: Holds<Same<z.output<typeof SubscriptionStateStrict>, Schemas['SubscriptionState']>>;
  UserSubscriptionStrict: Holds<Same<z.output<typeof UserSubscriptionStrict>, Schemas['UserSubscription']>>;
  BotUserInfoResponseStrict: Holds<Same<z.output<typeof BotUserInfoResponseStrict>, Schemas['BotUserInfoResponse']>>;
  SubscriptionStatus: Holds<Same<z.output<typeof SubscriptionStatus>, Schemas['SubscriptionStatus']>>;
  BillingInterval: Holds<Same<z.output<typeof BillingInterval>, Schemas['BillingInterval']>>;
  SubscriptionState: Holds<Same<z.output<typeof SubscriptionState>, Schemas['SubscriptionState']>>;
  UserSubscriptionTolerant: Holds<Same<z.output<typeof UserSubscriptionTolerant>, Schemas['UserSubscription']>>;
  BotUserInfoResponseTolerant: Holds<Same<z.output<typeof BotUserInfoResponseTolerant>, Schemas['BotUserInfoResponse']>>;
  BotEventType: Holds<Same<z.output<typeof BotEventType>, Schemas['BotEventType']>>;
  EventMetadata: Holds<Same<z.output<typeof EventMetadata>, Schemas['EventMetadata']>>;
  BotEventNotifyRequest: Holds<Same<z.output<typeof BotEventNotifyRequest>, Schemas['BotEventNotifyRequest']>>;
  BotEventNotifyResponseStrict: Holds<Same<z.output<typeof BotEventNotifyResponseStrict>, Schemas['BotEventNotifyResponse']>>;
  BotEventNotifyResponse: Holds<Same<z.output<typeof BotEventNotifyResponse>, Schemas['BotEventNotifyResponse']>>;
};
