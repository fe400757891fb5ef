import { type BotClient, BotClientError } from '@moddy/generated/bot-internal/client';
import type { Claim } from '../queue/claim-delivery.ts';

/** The bot's verdict on an attempt. */
export interface Verdict {
  /** For roles: they are now as asked. */
  readonly applied: boolean;
  /** For roles: something had to be given or taken. */
  readonly changed?: boolean;
  /** `sent`, `updated`, or the bot's reason. */
  readonly outcome: string;
  readonly detail: string;
}

/** Makes one attempt. @throws {BotClientError} when there is no verdict. */
export async function send(bot: BotClient, claim: Claim): Promise<Verdict> {
  try {
    return await (claim.kind === 'notify' ? notify(bot, claim) : updateRoles(bot, claim));
  } catch (error) {
    if (!(error instanceof BotClientError) || error.outcome !== 'answered') throw error;
    // Done, though a newer bot says it in a way that this version does not know.
    return { applied: false, outcome: 'answered', detail: error.message };
  }
}

async function notify(
  bot: BotClient,
  { user, message, idempotencyKey, attempts, deliveryId }: Claim,
): Promise<Verdict> {
  if (message === null) throw new Error(`Delivery ${deliveryId} has no message`);
  const { action, plan, customerId, interval, intervalCount, change, effectiveAt, actionRequired } = message;
  const { amount, currency } = message;
  const locale = message.locale === undefined ? user.locale : message.locale;
  const answer = await bot.notifyUser(
    {
      discord_id: user.discordId,
      action,
      plan,
      // No e-mail and no phone: the bot has no use for them.
      metadata: {
        customer_id: customerId,
        subscription_type: interval,
        interval: isBillingInterval(interval) ? interval : null,
        interval_count: intervalCount ?? null,
        change,
        effective_at: effectiveAt,
        ...(actionRequired === true ? { action_required: true } : {}),
        ...(typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : {}),
      },
      ...(locale === null ? {} : { locale }),
    },
    {
      parameters: { header: { 'Idempotency-Key': idempotencyKey, 'X-Delivery-Attempt': attempts } },
      requestId: requestIdOf(deliveryId, attempts),
    },
  );
  const outcome = answer.notification_sent ? 'sent' : (answer.reason ?? 'not_sent');
  return { applied: answer.notification_sent, outcome, detail: answer.message };
}

async function updateRoles(bot: BotClient, { user, deliveryId, attempts }: Claim): Promise<Verdict> {
  const answer = await bot.updateUserRole(
    { discord_id: user.discordId, plan: user.plan, revision: user.revision },
    { requestId: requestIdOf(deliveryId, attempts) },
  );
  const outcome = answer.roles_updated ? 'updated' : (answer.reason ?? 'not_updated');
  const changed = [...(answer.added ?? []), ...(answer.removed ?? [])].length > 0;
  return { applied: answer.roles_updated, changed, outcome, detail: answer.message };
}

/** The same id in both services' logs, one per attempt. */
const requestIdOf = (deliveryId: number, attempt: number) => `delivery-${deliveryId}-${attempt}`;

const INTERVALS = ['day', 'week', 'month', 'year'] as const;
const isBillingInterval = (text: string | null): text is (typeof INTERVALS)[number] =>
  INTERVALS.some((interval) => interval === text);
