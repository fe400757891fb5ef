import { type Held, monthly } from './read-subscriptions.ts';
import type { MemberView, Offer, PriceView } from './snapshot.ts';

type Make = (action: string, label: string, tone?: Offer['tone'], more?: Readonly<Record<string, string>>) => Offer;

const GONE: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);

/** What may happen to this member next; nothing of Stripe where there are no prices to see. */
export function offersTo(
  { discordId, isPresent, dmsOpen }: Pick<MemberView, 'discordId' | 'isPresent' | 'dmsOpen'>,
  held: Held | undefined,
  prices: readonly PriceView[],
): Offer[] {
  const offer: Make = (action, label, tone = 'plain', more = {}) => ({
    action,
    label,
    tone,
    body: { discordId, ...more },
  });
  return [
    ...(held === undefined || GONE.has(held.view.status) ? toBuyer(offer, prices) : toSubscriber(offer, held, prices)),
    offer('type-command', 'Type /subscription', 'plain', { command: 'subscription' }),
    isPresent ? offer('leave', 'Leave the server') : offer('join', 'Join the server'),
    dmsOpen ? offer('close-dms', 'Close DMs') : offer('open-dms', 'Open DMs'),
  ];
}

const toBuyer = (offer: Make, prices: readonly PriceView[]): Offer[] =>
  prices
    .filter(({ interval }) => interval === 'month')
    .map(({ price, plan }) => offer('subscribe', `Subscribe to ${short(plan)}`, 'primary', { price }));

function toSubscriber(offer: Make, { price: held, view }: Held, prices: readonly PriceView[]): Offer[] {
  const changes = prices
    .filter(({ plan, interval }) => plan !== view.plan && interval === 'month')
    .map(({ price, plan }) =>
      rank(prices, plan) > rank(prices, view.plan)
        ? offer('change-price', `Upgrade to ${short(plan)}`, 'primary', { price })
        : offer('change-price', `Downgrade to ${short(plan)}`, 'plain', { price }),
    );
  const intervals = prices
    .filter(({ plan, price }) => plan === view.plan && price !== held)
    .map(({ price, interval }) => offer('change-price', `Pay every ${interval}`, 'plain', { price }));
  return [
    ...(view.status === 'past_due' ? [offer('recover-payment', 'Pay what is due', 'primary')] : []),
    ...changes,
    ...intervals,
    ...(view.status === 'past_due' ? [] : [offer('fail-payment', 'Fail a payment', 'danger')]),
    view.ends ? offer('undo-cancel', 'Keep it') : offer('cancel-at-period-end', 'Cancel at the end'),
    offer('cancel-now', 'Cancel now', 'danger'),
  ];
}

/** Plans are told apart by their dearest month: a yearly rebate makes no plan a lower one. */
const rank = (prices: readonly PriceView[], plan: string): number =>
  Math.max(...prices.filter((each) => each.plan === plan).map(monthly));

/** The plans of one product family begin alike; on a button only the rest tells. */
const short = (plan: string): string => plan.replace(/^Moddy /, '');
