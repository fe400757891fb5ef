import type { Message } from '../database/schema.ts';
import type { Kept } from './stored.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before money is taken: as Stripe's `trial_will_end`, and as laws on yearly renewals want it at least. */
const BEFORE_MS = { trial_ending: 3 * DAY_MS, renewal_soon: 7 * DAY_MS } as const;

export interface Reminder {
  readonly change: keyof typeof BEFORE_MS & Message['change'];
  readonly dueAt: Date;
  /** When the money is taken; one reminder for each such moment. */
  readonly chargedAt: Date;
}

type Charged = Pick<
  Kept,
  'status' | 'interval' | 'intervalCount' | 'currentPeriodEnd' | 'paidUntil' | 'cancelAtPeriodEnd'
> & { readonly collectionPaused?: boolean };

/** The reminder of a trial that ends, or of a plan billed by the year that renews; null where nothing will be charged. */
export function reminderOf(subscription: Charged): Reminder | null {
  const { status, interval, intervalCount, currentPeriodEnd, cancelAtPeriodEnd, collectionPaused } = subscription;
  const chargedAt = subscription.paidUntil ?? currentPeriodEnd;
  if (chargedAt === null || currentPeriodEnd === null || collectionPaused === true) return null;
  if (cancelAtPeriodEnd && currentPeriodEnd <= chargedAt) return null;
  const isYearly = interval === 'year' || (interval === 'month' && (intervalCount ?? 1) >= 12);
  const change =
    status === 'trialing' ? 'trial_ending' : status === 'active' && isYearly ? ('renewal_soon' as const) : undefined;
  if (change === undefined) return null;
  return { change, dueAt: new Date(chargedAt.getTime() - BEFORE_MS[change]), chargedAt };
}

/** The same if it is due now, and was not sent for this charge before. */
export function dueReminder(subscription: Charged | null, remindedOf: Date | null, now: Date): Reminder | null {
  const reminder = subscription && reminderOf(subscription);
  if (reminder === null || now < reminder.dueAt || now >= reminder.chargedAt) return null;
  return remindedOf?.getTime() === reminder.chargedAt.getTime() ? null : reminder;
}
