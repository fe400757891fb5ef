import { type Held, isOver } from './read-subscriptions.ts';
import type { ActionButton, MemberView, PriceView } from './snapshot.ts';

/**
 * The buttons of a member. Each keeps its place and its meaning, and is only switched off while it
 * would do nothing: under the pointer it never becomes another.
 */
export function offersTo(
  { discordId, isPresent, dmsOpen }: Pick<MemberView, 'discordId' | 'isPresent' | 'dmsOpen'>,
  held: Held | undefined,
  prices: readonly PriceView[],
): ActionButton[] {
  const offer = (
    action: string,
    label: string,
    isOffered: boolean,
    more: Partial<Pick<ActionButton, 'tone'>> & { readonly body?: Readonly<Record<string, string>> } = {},
  ): ActionButton => ({ action, label, tone: 'plain', isOffered, ...more, body: { discordId, ...more.body } });
  const current = held === undefined || isOver(held) ? undefined : held;
  const isLate = current?.view.status === 'past_due';
  const { month: inMonths = [], other: others = [] } = Object.groupBy(prices, ({ interval }) =>
    interval === 'month' ? 'month' : 'other',
  );
  const ofStripe = [
    ...[...inMonths, ...others].map(({ price, plan, interval }) =>
      offer('choose-price', `${plan.replace(/^Moddy /, '')} ${interval}ly`, price !== current?.price, {
        tone: 'primary',
        body: { price },
      }),
    ),
    offer('fail-payment', 'Fail a payment', current !== undefined && !isLate, { tone: 'danger' }),
    offer('recover-payment', 'Pay what is due', isLate),
    offer('cancel-at-period-end', 'Cancel at the end', current?.view.ends === false),
    offer('undo-cancel', 'Keep the plan', current?.view.ends === true),
    offer('cancel-now', 'Cancel now', current !== undefined, { tone: 'danger' }),
  ];
  return [
    ...(prices.length > 0 ? ofStripe : []),
    offer('type-command', 'Type /subscription', true, { body: { command: 'subscription' } }),
    offer('join', 'Join the server', !isPresent),
    offer('leave', 'Leave the server', isPresent),
    offer('open-dms', 'Open DMs', !dmsOpen),
    offer('close-dms', 'Close DMs', dmsOpen),
  ];
}
