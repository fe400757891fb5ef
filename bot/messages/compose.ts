import type { components } from '@moddy/generated/bot-internal/types';
import { money } from '@moddy/runtime/money';
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
import type { Billing, BillingInterval, Button, Messages, UserAction } from './texts.ts';
import { timestamp } from './timestamp.ts';

type Request = components['schemas']['InternalNotifyUserRequest'];

/** The action, the plan and seven fields of the metadata, and no others. */
export type NotificationFacts = Pick<Request, 'action'> & { readonly plan?: string | null | undefined } & Pick<
    NonNullable<Request['metadata']>,
    'change' | 'interval' | 'interval_count' | 'effective_at' | 'action_required' | 'amount' | 'currency'
  >;

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
    billing: billingOf(facts.interval, facts.interval_count),
    actionRequired: facts.action_required === true,
    effectiveAt: timestamp(facts.effective_at),
    price: priceOf(facts, locale),
  });
  return {
    embeds: [{ title, description, color: COLOURS[facts.action], footer: { text: messages.footer(reference) } }],
    components: [linkRow(websiteUrl === undefined ? [] : [linkTo(buttonOf(facts), messages, websiteUrl)])].filter(
      (row) => row !== undefined,
    ),
    allowed_mentions: { parse: [] },
    nonce,
    enforce_nonce: true,
  };
}

function priceOf({ amount, currency }: NotificationFacts, locale: Locale): string | undefined {
  if (typeof amount !== 'number' || typeof currency !== 'string') return undefined;
  return money({ amount, currency }, locale);
}

export const billingOf = (
  interval: BillingInterval | null | undefined,
  count: number | null | undefined,
): Billing | undefined =>
  interval === null || interval === undefined || interval === 'other' ? undefined : { interval, count: count ?? 1 };

function buttonOf({ action, change, action_required: actionRequired }: NotificationFacts): Button {
  if (action === 'subscription_cancelled') return 'plans';
  if (action !== 'subscription_updated') return 'manage';
  if (change === 'payment_late') return actionRequired === true ? 'confirm' : 'pay';
  // A grant is no subscription that could be managed.
  return change === 'granted' || change === 'grant_ended' ? 'plans' : 'manage';
}

export const link = (label: string, url: string): APIButtonComponentWithURL => ({
  type: ComponentType.Button,
  style: ButtonStyle.Link,
  label,
  url,
});

/** To the plans, or to the account page, which has the same button. */
export const linkTo = (button: Button, { buttons }: Messages, websiteUrl: string): APIButtonComponentWithURL =>
  link(buttons[button], button === 'plans' ? `${websiteUrl}/` : `${websiteUrl}/account`);

/** A row of links; undefined without any. */
export const linkRow = (
  components: APIButtonComponentWithURL[],
): APIActionRowComponent<APIButtonComponentWithURL> | undefined =>
  components.length === 0 ? undefined : { type: ComponentType.ActionRow, components };
