import type { components } from '@moddy/generated/backend-internal/types';
import { findByDiscordId } from '../billing/find-by-discord-id.ts';
import { type Standing, standingOf } from '../billing/standing.ts';
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
  const { database, livemode, pastDueGraceMs, now } = context;
  const found = await orRetryLater(findByDiscordId(database.orm, body.discord_id, livemode));
  if (found === undefined) return reply(200, { success: false, message: 'User not found', user_found: false });
  const { user, held } = found;
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
    subscription: shape(standingOf(user, held, pastDueGraceMs, now())),
  });
};

/** Stripe may add statuses and intervals; the document then says `other`. */
function shape({ state, at, subscription }: Standing): UserSubscription | null {
  if (subscription === null || state === 'none' || state === 'granted') return null;
  const { intervalCount } = subscription;
  return {
    status: STATUSES.find((status) => status === subscription.status) ?? 'other',
    interval: INTERVALS.find((interval) => interval === subscription.interval) ?? 'other',
    ...(intervalCount === null ? {} : { interval_count: intervalCount }),
    state,
    state_at: at?.toISOString() ?? null,
    current_period_end: subscription.currentPeriodEnd?.toISOString() ?? null,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
  };
}
