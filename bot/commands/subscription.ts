import { accountUrl } from '../messages/compose.ts';
import { planName } from '../messages/plan-name.ts';
import { timestamp } from '../messages/timestamp.ts';
import { findAccount } from './account-lookup.ts';
import type { Command } from './command.ts';
import { cardReply, field, textReply } from './reply.ts';

/** `/subscription`: one's own plan, how it stands, when it renews or ends. */
export const subscription: Command = async (input) => {
  const { invocation, messages, websiteUrl } = input;
  const account = await findAccount(input, invocation.discordId);
  const { backendDown, noSubscription, subscriptionTitle, noPlan, fields, status, interval } = messages.commands;
  if (account === undefined) return textReply(backendDown);
  const link = websiteUrl && { label: messages.manageSubscription, url: accountUrl(websiteUrl) };
  const plan = planName(account.plan);
  const current = account.subscription ?? undefined;
  if (plan === undefined && current === undefined) {
    return cardReply({ title: subscriptionTitle, description: noSubscription, fields: [], link: link || undefined });
  }
  const named = current?.interval === 'other' ? undefined : current?.interval;
  const periodEnd = timestamp(current?.current_period_end);
  return cardReply({
    title: subscriptionTitle,
    fields: [
      field(fields.plan, plan ?? noPlan),
      field(fields.status, current && status[current.status]),
      field(fields.interval, named && interval[named]),
      field(current?.cancel_at_period_end === true ? fields.ends : fields.renews, periodEnd),
    ],
    link: link || undefined,
  });
};
