// Generated from openapi/bot-internal.yaml by `make generate`. Do not edit.
import { z } from '@hono/zod-openapi';
import type { Holds, Same } from '@moddy/runtime/proof';
import { disjoint, integer, maxBytes, maxDepth, nullable, onInput, unknownAs } from '@moddy/runtime/schema';
import type { components } from './types.ts';

/*
 * `X` is what a server reads: unknown fields are ignored. `XStrict` is what a server may send: nothing that the document
 * lacks. `XTolerant` is what a client reads: unknown fields ignored, optional ones that it cannot read dropped, unknown
 * values mapped. A form that would not differ from `X` is left out.
 */

type Schemas = components['schemas'];

export const ServiceResponseStrict = z.strictObject({
  service: z.literal('moddy-bot-internal'),
  status: z.literal('running'),
}).openapi('ServiceResponseStrict');

export const ServiceResponse = z.object({
  service: z.literal('moddy-bot-internal'),
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
  service: z.literal('discord-bot'),
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
  service: z.literal('discord-bot'),
  version: z.string().nullable().optional().catch(undefined),
  started_at: z.string().optional().catch(undefined),
  checks: z.array(HealthCheckTolerant).optional().catch(undefined),
  contract: z.object({
    'bot-internal': ContractVersion.optional().catch(undefined),
    'backend-internal': ContractVersion.optional().catch(undefined),
  }).optional().catch(undefined),
}).openapi('InternalHealthResponseTolerant');

export const DiscordId = z.string().regex(/^[0-9]{1,20}$/u).openapi('DiscordId');

export const UserAction = z.enum([
  'subscription_created',
  'subscription_updated',
  'subscription_cancelled',
  'plan_upgraded',
  'plan_downgraded',
]).openapi('UserAction');

export const SubscriptionChange = unknownAs(z.enum([
  'cancellation_scheduled',
  'cancellation_withdrawn',
  'interval_changed',
  'payment_late',
  'payment_recovered',
  'resumed',
  'renewal_soon',
  'trial_ending',
  'granted',
  'grant_ended',
  'other',
]), 'other').openapi('SubscriptionChange');

export const BillingInterval = unknownAs(z.enum(['day', 'week', 'month', 'year', 'other']), 'other').openapi('BillingInterval');

export const NotifyMetadata = onInput(
  z.looseObject({
    customer_id: z.string().nullable().optional(),
    email: z.string().nullable().optional(),
    phone: z.string().nullable().optional(),
    subscription_type: z.string().nullable().optional(),
    change: nullable(SubscriptionChange).optional(),
    interval: nullable(BillingInterval).optional(),
    interval_count: integer().gte(1).nullable().optional(),
    action_required: z.boolean().nullable().optional(),
    effective_at: z.string().nullable().optional(),
    amount: integer().gte(0).nullable().optional(),
    currency: z.string().regex(/^[A-Za-z]{3}$/u).nullable().optional(),
  }),
  maxBytes(16384),
  maxDepth(8),
).openapi('NotifyMetadata');

export const InternalNotifyUserRequest = z.object({
  discord_id: DiscordId,
  action: UserAction,
  plan: z.string().nullable().optional(),
  metadata: nullable(NotifyMetadata).optional(),
  locale: z.string().nullable().optional(),
}).openapi('InternalNotifyUserRequest');

export const NotifyReasonStrict = z.enum(['dm_closed', 'no_mutual_guild', 'unknown_user', 'other']).openapi('NotifyReasonStrict');

export const InternalNotifyUserResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  notification_sent: z.boolean(),
  reason: NotifyReasonStrict.optional(),
}).openapi('InternalNotifyUserResponseStrict');

export const NotifyReason = unknownAs(z.enum(['dm_closed', 'no_mutual_guild', 'unknown_user', 'other']), 'other').openapi('NotifyReason');

export const InternalNotifyUserResponseTolerant = z.object({
  success: z.boolean(),
  message: z.string(),
  notification_sent: z.boolean().default(false).catch(false),
  reason: NotifyReason.optional().catch(undefined),
}).openapi('InternalNotifyUserResponseTolerant');

export const InternalUpdateRoleRequest = onInput(
  z.object({
    discord_id: DiscordId,
    plan: z.string(),
    add_roles: z.array(DiscordId).nullable().optional(),
    remove_roles: z.array(DiscordId).nullable().optional(),
    revision: integer().gte(0).lte(9007199254740991).nullable().optional(),
  }),
  disjoint('add_roles', 'remove_roles'),
).openapi('InternalUpdateRoleRequest');

export const RoleReasonStrict = z.enum([
  'not_in_guild',
  'pending',
  'unknown_user',
  'unknown_plan',
  'role_misconfigured',
  'role_refused',
  'missing_permissions',
  'guild_unavailable',
  'superseded',
  'partial',
  'other',
]).openapi('RoleReasonStrict');

export const InternalUpdateRoleResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  roles_updated: z.boolean(),
  guild_id: nullable(DiscordId).optional(),
  reason: RoleReasonStrict.optional(),
  added: z.array(DiscordId).optional(),
  removed: z.array(DiscordId).optional(),
  failed: z.array(DiscordId).optional(),
}).openapi('InternalUpdateRoleResponseStrict');

export const RoleReason = unknownAs(z.enum([
  'not_in_guild',
  'pending',
  'unknown_user',
  'unknown_plan',
  'role_misconfigured',
  'role_refused',
  'missing_permissions',
  'guild_unavailable',
  'superseded',
  'partial',
  'other',
]), 'other').openapi('RoleReason');

export const InternalUpdateRoleResponseTolerant = z.object({
  success: z.boolean(),
  message: z.string(),
  roles_updated: z.boolean().default(false).catch(false),
  guild_id: nullable(DiscordId).optional().catch(undefined),
  reason: RoleReason.optional().catch(undefined),
  added: z.array(DiscordId).optional().catch(undefined),
  removed: z.array(DiscordId).optional().catch(undefined),
  failed: z.array(DiscordId).optional().catch(undefined),
}).openapi('InternalUpdateRoleResponseTolerant');

export const InternalAddMemberRequest = z.object({
  discord_id: DiscordId,
  access_token: z.string().min(1).max(2048),
}).openapi('InternalAddMemberRequest');

export const AddMemberReasonStrict = z.enum([
  'banned',
  'guild_full',
  'too_many_guilds',
  'token_rejected',
  'unknown_user',
  'missing_permissions',
  'guild_unavailable',
  'other',
]).openapi('AddMemberReasonStrict');

export const InternalAddMemberResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  member_added: z.boolean(),
  guild_id: nullable(DiscordId).optional(),
  reason: AddMemberReasonStrict.optional(),
}).openapi('InternalAddMemberResponseStrict');

export const AddMemberReason = unknownAs(z.enum([
  'banned',
  'guild_full',
  'too_many_guilds',
  'token_rejected',
  'unknown_user',
  'missing_permissions',
  'guild_unavailable',
  'other',
]), 'other').openapi('AddMemberReason');

export const InternalAddMemberResponseTolerant = z.object({
  success: z.boolean(),
  message: z.string(),
  member_added: z.boolean().default(false).catch(false),
  guild_id: nullable(DiscordId).optional().catch(undefined),
  reason: AddMemberReason.optional().catch(undefined),
}).openapi('InternalAddMemberResponseTolerant');

export const RoleHolderStrict = z.strictObject({
  discord_id: DiscordId,
  roles: z.array(DiscordId),
  administrator: z.boolean(),
}).openapi('RoleHolderStrict');

export const ListRoleHoldersReasonStrict = z.enum(['guild_unavailable', 'missing_intent', 'other']).openapi('ListRoleHoldersReasonStrict');

export const InternalListRoleHoldersResponseStrict = z.strictObject({
  success: z.boolean(),
  message: z.string(),
  guild_id: nullable(DiscordId).optional(),
  holders: z.array(RoleHolderStrict).optional(),
  next: nullable(DiscordId).optional(),
  reason: ListRoleHoldersReasonStrict.optional(),
}).openapi('InternalListRoleHoldersResponseStrict');

export const RoleHolder = z.object({
  discord_id: DiscordId,
  roles: z.array(DiscordId),
  administrator: z.boolean(),
}).openapi('RoleHolder');

export const ListRoleHoldersReason = unknownAs(z.enum(['guild_unavailable', 'missing_intent', 'other']), 'other').openapi('ListRoleHoldersReason');

export const InternalListRoleHoldersResponseTolerant = z.object({
  success: z.boolean(),
  message: z.string(),
  guild_id: nullable(DiscordId).optional().catch(undefined),
  holders: z.array(RoleHolder).optional().catch(undefined),
  next: nullable(DiscordId).optional().catch(undefined),
  reason: ListRoleHoldersReason.optional().catch(undefined),
}).openapi('InternalListRoleHoldersResponseTolerant');

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
  UserAction: Holds<Same<z.output<typeof UserAction>, Schemas['UserAction']>>;
  SubscriptionChange: Holds<Same<z.output<typeof SubscriptionChange>, Schemas['SubscriptionChange']>>;
  BillingInterval: Holds<Same<z.output<typeof BillingInterval>, Schemas['BillingInterval']>>;
  NotifyMetadata: Holds<Same<z.output<typeof NotifyMetadata>, Schemas['NotifyMetadata']>>;
  InternalNotifyUserRequest: Holds<Same<z.output<typeof InternalNotifyUserRequest>, Schemas['InternalNotifyUserRequest']>>;
  NotifyReasonStrict: Holds<Same<z.output<typeof NotifyReasonStrict>, Schemas['NotifyReason']>>;
  InternalNotifyUserResponseStrict: Holds<Same<z.output<typeof InternalNotifyUserResponseStrict>, Schemas['InternalNotifyUserResponse']>>;
  NotifyReason: Holds<Same<z.output<typeof NotifyReason>, Schemas['NotifyReason']>>;
  InternalNotifyUserResponseTolerant: Holds<Same<z.output<typeof InternalNotifyUserResponseTolerant>, Schemas['InternalNotifyUserResponse']>>;
  InternalUpdateRoleRequest: Holds<Same<z.output<typeof InternalUpdateRoleRequest>, Schemas['InternalUpdateRoleRequest']>>;
  RoleReasonStrict: Holds<Same<z.output<typeof RoleReasonStrict>, Schemas['RoleReason']>>;
  InternalUpdateRoleResponseStrict: Holds<Same<z.output<typeof InternalUpdateRoleResponseStrict>, Schemas['InternalUpdateRoleResponse']>>;
  RoleReason: Holds<Same<z.output<typeof RoleReason>, Schemas['RoleReason']>>;
  InternalUpdateRoleResponseTolerant: Holds<Same<z.output<typeof InternalUpdateRoleResponseTolerant>, Schemas['InternalUpdateRoleResponse']>>;
  InternalAddMemberRequest: Holds<Same<z.output<typeof InternalAddMemberRequest>, Schemas['InternalAddMemberRequest']>>;
  AddMemberReasonStrict: Holds<Same<z.output<typeof AddMemberReasonStrict>, Schemas['AddMemberReason']>>;
  InternalAddMemberResponseStrict: Holds<Same<z.output<typeof InternalAddMemberResponseStrict>, Schemas['InternalAddMemberResponse']>>;
  AddMemberReason: Holds<Same<z.output<typeof AddMemberReason>, Schemas['AddMemberReason']>>;
  InternalAddMemberResponseTolerant: Holds<Same<z.output<typeof InternalAddMemberResponseTolerant>, Schemas['InternalAddMemberResponse']>>;
  RoleHolderStrict: Holds<Same<z.output<typeof RoleHolderStrict>, Schemas['RoleHolder']>>;
  ListRoleHoldersReasonStrict: Holds<Same<z.output<typeof ListRoleHoldersReasonStrict>, Schemas['ListRoleHoldersReason']>>;
  InternalListRoleHoldersResponseStrict: Holds<Same<z.output<typeof InternalListRoleHoldersResponseStrict>, Schemas['InternalListRoleHoldersResponse']>>;
  RoleHolder: Holds<Same<z.output<typeof RoleHolder>, Schemas['RoleHolder']>>;
  ListRoleHoldersReason: Holds<Same<z.output<typeof ListRoleHoldersReason>, Schemas['ListRoleHoldersReason']>>;
  InternalListRoleHoldersResponseTolerant: Holds<Same<z.output<typeof InternalListRoleHoldersResponseTolerant>, Schemas['InternalListRoleHoldersResponse']>>;
};
