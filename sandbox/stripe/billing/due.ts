import type Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';
import { cancelNow, ended } from './cancel.ts';
import { expire } from './checkout.ts';
import { decline } from './invoicing.ts';
import { endTrial } from './pause.ts';
import { settle } from './pay.ts';
import { currentPeriod } from './period.ts';
import { stepOf } from './schedule.ts';
import { renew } from './subscribe.ts';

interface Due {
  at: number;
  run: () => void;
}

const daySeconds = 86_400;
const incompleteForSeconds = daySeconds - 3_600;

function dueOf(ledger: Ledger, subscription: Stripe.Subscription): Due[] {
  if (ended(subscription)) return [];
  const due: Due[] = [];
  const { status, cancel_at: cancelAt, pending_update: pending } = subscription;
  const end = currentPeriod(subscription).end;
  if (cancelAt !== null) due.push({ at: cancelAt, run: () => cancelNow(ledger, subscription) });
  if (pending) {
    const drop = () => {
      subscription.pending_update = null;
      ledger.emit('customer.subscription.pending_update_expired', subscription);
    };
    due.push({ at: pending.expires_at, run: drop });
  }
  if (status === 'trialing') due.push({ at: subscription.trial_end ?? end, run: () => endTrial(ledger, subscription) });
  if (status === 'active' || status === 'past_due') due.push({ at: end, run: () => renew(ledger, subscription) });
  if (status === 'incomplete') {
    const giveUp = () =>
      void ledger.update('customer.subscription.updated', subscription, () => {
        subscription.status = 'incomplete_expired';
        subscription.ended_at = ledger.clock.seconds();
      });
    due.push({ at: subscription.created + incompleteForSeconds, run: giveUp });
  }
  const resumes = subscription.pause_collection?.resumes_at;
  if (resumes) {
    const collectAgain = () =>
      void ledger.update('customer.subscription.updated', subscription, () => {
        subscription.pause_collection = null;
      });
    due.push({ at: resumes, run: collectAgain });
  }
  const latest = ledger.invoices.get(String(subscription.latest_invoice));
  if (latest?.status === 'open' && latest.next_payment_attempt !== null) {
    due.push({ at: latest.next_payment_attempt, run: () => retry(ledger, subscription, latest) });
  }
  return due;
}

/** The card again; when the last planned try fails the subscription ends. */
function retry(ledger: Ledger, subscription: Stripe.Subscription, invoice: Stripe.Invoice): void {
  if (!ledger.declining.has(String(subscription.customer))) settle(ledger, subscription);
  else if (!decline(ledger, invoice)) cancelNow(ledger, subscription, 'payment_failed');
}

/** The next thing of each object that falls due up to `until` (seconds), in order. */
function nextDue(ledger: Ledger, until: number): Due[] {
  const sessions = ledger.checkoutSessions
    .filter((session) => session.status === 'open')
    .map((session) => ({ at: session.expires_at, run: () => expire(ledger, session) }));
  const subscriptions = ledger.subscriptions.values().flatMap((subscription) =>
    dueOf(ledger, subscription)
      .sort((a, b) => a.at - b.at)
      .slice(0, 1),
  );
  const schedules = ledger.subscriptionSchedules.values().flatMap((schedule) => stepOf(ledger, schedule));
  return [...schedules, ...sessions, ...subscriptions].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
}

/** Moves the clock to `untilMs` and lets everything happen that falls due on the way. */
export function advanceTo(ledgers: Ledger[], untilMs: number): void {
  const clock = ledgers[0]?.clock;
  for (;;) {
    const due = ledgers.flatMap((ledger) => nextDue(ledger, Math.floor(untilMs / 1000))).sort((a, b) => a.at - b.at);
    const [first] = due;
    if (!first) break;
    // An entry that runs plans its next step a day later at the earliest: the order within one day is final.
    for (const { at, run } of due.filter((entry) => entry.at < first.at + daySeconds)) {
      clock?.moveTo(at * 1000);
      run();
    }
  }
  clock?.moveTo(untilMs);
}
