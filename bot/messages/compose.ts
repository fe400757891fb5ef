import {
  type APIActionRowComponent,
  type APIButtonComponentWithURL,
  ButtonStyle,
  ComponentType,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';
import type { DeliveryMarks } from '../discord/delivery-marks.ts';
import { type Locale, messagesIn } from './messages.ts';
import { planName } from './plan-name.ts';
import type { BillingInterval, SubscriptionChange, UserAction } from './texts.ts';
import { timestamp } from './timestamp.ts';

export interface NotificationFacts {
  readonly action: UserAction;
  readonly plan: string | null | undefined;
  /** Of the metadata these three, and nothing else. */
  readonly change: SubscriptionChange | null | undefined;
  readonly interval: BillingInterval | null | undefined;
  readonly effectiveAt: string | null | undefined;
}

const COLOURS: Readonly<Record<UserAction, number>> = {
  subscription_created: 0x2ecc71,
  subscription_updated: 0x3498db,
  subscription_cancelled: 0x95a5a6,
  plan_upgraded: 0x9b59b6,
  plan_downgraded: 0xe67e22,
};

/** The direct message of a notification. */
export function composeNotification(
  facts: NotificationFacts,
  locale: Locale,
  { reference, nonce }: DeliveryMarks,
  websiteUrl: string | undefined,
): RESTPostAPIChannelMessageJSONBody {
  const messages = messagesIn[locale];
  const text =
    facts.action === 'subscription_updated'
      ? messages.changes[facts.change ?? 'other']
      : messages.notices[facts.action];
  const { title, description } = text({
    plan: planName(facts.plan),
    interval: facts.interval === null || facts.interval === 'other' ? undefined : facts.interval,
    effectiveAt: timestamp(facts.effectiveAt),
  });
  return {
    embeds: [{ title, description, color: COLOURS[facts.action], footer: { text: messages.footer(reference) } }],
    components: websiteUrl === undefined ? [] : [linkRow(messages.manageSubscription, accountUrl(websiteUrl))],
    allowed_mentions: { parse: [] },
    nonce,
    enforce_nonce: true,
  };
}

export const accountUrl = (websiteUrl: string): string => `${websiteUrl}/account`;

export const linkRow = (label: string, url: string): APIActionRowComponent<APIButtonComponentWithURL> => ({
  type: ComponentType.ActionRow,
  components: [{ type: ComponentType.Button, style: ButtonStyle.Link, label, url }],
});
