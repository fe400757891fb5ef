import type Stripe from 'stripe';
import { cancelNow, scheduleEnd } from '../billing/cancel.ts';
import { changeItems } from '../billing/change.ts';
import { complete, settleDelayed } from '../billing/checkout.ts';
import { closeDispute, dispute, escalateDispute, failRefund, refund } from '../billing/money-back.ts';
import { endTrial, pause, resume } from '../billing/pause.ts';
import { settle } from '../billing/pay.ts';
import { renew } from '../billing/subscribe.ts';
import type { Ledger } from '../ledger.ts';
import { findSubscription, madeRefund, openDispute, paidCharge } from './find.ts';
import { type Bulk, seedSubscribers } from './seed.ts';
import { type Subscribed, type SubscribeOptions, subscribe } from './subscribe.ts';

/**
 * Everything that can happen to a subscriber. `who` is a subscription id, a customer id or a Discord id;
 * of several subscriptions the newest that has not ended is meant.
 */
export interface Scenarios {
  subscribe(options: SubscribeOptions): Subscribed;
  changePrice(
    who: string,
    price: string,
    proration?: 'always_invoice' | 'create_prorations' | 'none',
  ): Stripe.Subscription;
  cancelAtPeriodEnd(who: string): Stripe.Subscription;
  /** Ends at a moment of its own, in seconds: `cancel_at` without `cancel_at_period_end`. */
  cancelAt(who: string, at: number): Stripe.Subscription;
  undoCancel(who: string): Stripe.Subscription;
  cancelNow(who: string): Stripe.Subscription;
  /** The card starts to decline and the next period is due: `past_due`. */
  failPayment(who: string): Stripe.Subscription;
  /** The card works again and what is open is paid. */
  recoverPayment(who: string): Stripe.Subscription;
  pause(who: string): Stripe.Subscription;
  resume(who: string): Stripe.Subscription;
  renew(who: string): Stripe.Subscription;
  endTrial(who: string): Stripe.Subscription;
  refund(who: string, amount?: number): Stripe.Refund;
  failRefund(who: string): Stripe.Refund;
  dispute(who: string, reason?: string): Stripe.Dispute;
  /** The bank only asks; `escalateDispute` takes the money. */
  inquire(who: string): Stripe.Dispute;
  escalateDispute(who: string): Stripe.Dispute;
  closeDispute(who: string, outcome?: 'lost' | 'won'): Stripe.Dispute;
  /** Pays an open Checkout session; `delayed`: by SEPA debit, settled later. */
  payCheckout(session: string, options?: { delayed?: boolean; email?: string }): Stripe.Subscription;
  settleCheckout(session: string, paid: boolean): Stripe.Checkout.Session;
  /** From now on the customer's card works, declines, or its bank wants each payment confirmed. */
  setCard(who: string, works: boolean | 'confirm'): void;
  seedSubscribers(bulk: Bulk): { discordId: string; customer: string; subscription: string }[];
}

export function scenarios(ledger: Ledger, origin: () => string): Scenarios {
  const find = (who: string) => findSubscription(ledger, who);
  const update = (who: string, change: (subscription: Stripe.Subscription) => void) => {
    const subscription = find(who);
    ledger.update('customer.subscription.updated', subscription, () => change(subscription));
    return subscription;
  };
  const act = (who: string, run: (subscription: Stripe.Subscription) => void) => {
    const subscription = find(who);
    run(subscription);
    return subscription;
  };
  const card = (who: string, works: boolean | 'confirm'): void => {
    const customer = ledger.customers.get(who)?.id ?? String(find(who).customer);
    ledger.declining[works === true ? 'delete' : 'add'](customer);
    ledger.confirming[works === 'confirm' ? 'add' : 'delete'](customer);
  };
  return {
    subscribe: (options) => subscribe(ledger, origin(), options),
    changePrice: (who, price, proration = 'create_prorations') =>
      update(who, (subscription) =>
        changeItems(ledger, subscription, {
          changes: [{ id: subscription.items.data[0]?.id, price: ledger.need(ledger.prices, price, 'price') }],
          proration,
          behavior: 'allow_incomplete',
        }),
      ),
    cancelAtPeriodEnd: (who) => update(who, (subscription) => scheduleEnd(ledger, subscription, 'period_end')),
    cancelAt: (who, at) => update(who, (subscription) => scheduleEnd(ledger, subscription, at)),
    undoCancel: (who) => update(who, (subscription) => scheduleEnd(ledger, subscription, null)),
    cancelNow: (who) => act(who, (subscription) => cancelNow(ledger, subscription)),
    failPayment: (who) => {
      card(who, false);
      return act(who, (subscription) => renew(ledger, subscription, ledger.clock.seconds()));
    },
    recoverPayment: (who) => {
      card(who, true);
      return act(who, (subscription) => settle(ledger, subscription));
    },
    pause: (who) => act(who, (subscription) => pause(ledger, subscription)),
    resume: (who) => act(who, (subscription) => resume(ledger, subscription)),
    renew: (who) => act(who, (subscription) => renew(ledger, subscription)),
    endTrial: (who) => act(who, (subscription) => endTrial(ledger, subscription)),
    refund: (who, amount) => refund(ledger, paidCharge(ledger, who), { amount, reason: 'requested_by_customer' }),
    dispute: (who, reason = 'fraudulent') => dispute(ledger, paidCharge(ledger, who), reason),
    failRefund: (who) => {
      const made = madeRefund(ledger, who);
      failRefund(ledger, made);
      return made;
    },
    inquire: (who) => dispute(ledger, paidCharge(ledger, who), 'fraudulent', true),
    escalateDispute: (who) => {
      const open = openDispute(ledger, who);
      escalateDispute(ledger, open);
      return open;
    },
    closeDispute: (who, outcome = 'lost') => {
      const open = openDispute(ledger, who);
      closeDispute(ledger, open, outcome);
      return open;
    },
    payCheckout: (session, options) => complete(ledger, ledger.need(ledger.checkoutSessions, session), options),
    settleCheckout: (session, paid) => {
      const found = ledger.need(ledger.checkoutSessions, session);
      settleDelayed(ledger, found, paid);
      return found;
    },
    setCard: card,
    seedSubscribers: (bulk) => seedSubscribers(ledger, bulk),
  };
}
