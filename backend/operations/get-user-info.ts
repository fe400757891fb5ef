import type { components } from '@moddy/generated/backend-internal/types';
import { findByDiscordId } from '../billing/find-by-discord-id.ts';
import type { BackendHandler } from '../context.ts';
import { orRetryLater } from '../database/unavailable.ts';

type UserSubscription = components['schemas']['UserSubscription'];
const STATUSES = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'incomplete',
  'incomplete_expired',
  'canceled',
] as const;
const INTERVALS = ['day', 'week', 'month', 'year'] as const;

export const getUserInfo: BackendHandler<'getUserInfo'> = async ({ body, context, reply }) => {
  const found = await orRetryLater(findByDiscordId(context.database.orm, body.discord_id));
  if (found === undefined) return reply(200, { success: false, message: 'User not found', user_found: false });
  const { user, subscription } = found;
  return reply(200, {
    success: true,
    message: 'User found',
    user_found: true,
    discord_id: user.discordId,
    email: user.email,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
    plan: user.plan,
    locale: user.locale,
    subscription: subscription && shape(subscription),
  });
};

/** Stripe may add statuses and intervals; the document then says `other`. */
function shape(subscription: {
  status: string;
  interval: string | null;
  currentPeriodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
}): UserSubscription {
  return {
    status: STATUSES.find((status) => status === subscription.status) ?? 'other',
    interval: INTERVALS.find((interval) => interval === subscription.interval) ?? 'other',
    current_period_end: subscription.currentPeriodEnd?.toISOString() ?? null,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
  };
}
