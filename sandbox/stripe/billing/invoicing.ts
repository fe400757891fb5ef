import type Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';
import { charge as newCharge } from '../objects/charge.ts';
import { type InvoiceFields, invoice as newInvoice } from '../objects/invoice.ts';
import { invoicePayment, paymentIntent } from '../objects/payment.ts';

const day = 86_400;
/** Days between the tries of a failed invoice; after the last one the subscription ends. */
const retryAfterDays = [3, 5, 7];

/** Draws up an invoice and finalises it at once (Stripe waits an hour for renewals, so that they can be edited). */
export function issue(ledger: Ledger, fields: InvoiceFields): Stripe.Invoice {
  const invoice = ledger.invoices.add(newInvoice(ledger, fields));
  fields.subscription.latest_invoice = invoice.id;
  ledger.emit('invoice.created', invoice);
  const now = ledger.clock.seconds();
  const { customer } = fields;
  invoice.status = 'open';
  invoice.effective_at = now;
  invoice.status_transitions.finalized_at = now;
  invoice.number = `${customer.invoice_prefix ?? 'SANDBOX'}-${String(customer.next_invoice_sequence ?? 1).padStart(4, '0')}`;
  customer.next_invoice_sequence = (customer.next_invoice_sequence ?? 1) + 1;
  if (invoice.amount_due > 0) {
    const intent = ledger.paymentIntents.add(paymentIntent(ledger, invoice));
    const payment = ledger.invoicePayments.add(invoicePayment(ledger, invoice, intent));
    ledger.paymentOfInvoice.set(invoice.id, payment);
  }
  ledger.emit('invoice.finalized', invoice);
  return invoice;
}

/** The payment that would settle the invoice; none when nothing is due. */
export function paymentOf(ledger: Ledger, invoice: Stripe.Invoice) {
  const payment = ledger.paymentOfInvoice.get(invoice.id);
  const intent = payment && ledger.paymentIntents.get(String(payment.payment.payment_intent));
  return payment && intent ? { payment, intent } : undefined;
}

function markPaid(ledger: Ledger, invoice: Stripe.Invoice): void {
  invoice.status = 'paid';
  invoice.attempted = true;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.auto_advance = false;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = ledger.clock.seconds();
  ledger.emit('invoice.paid', invoice);
  ledger.emit('invoice.payment_succeeded', invoice);
}

function succeed(ledger: Ledger, invoice: Stripe.Invoice): void {
  const found = paymentOf(ledger, invoice);
  if (found) {
    const { payment, intent } = found;
    const charge = ledger.charges.add(newCharge(ledger, intent, true));
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    intent.latest_charge = charge.id;
    intent.last_payment_error = null;
    payment.status = 'paid';
    payment.amount_paid = payment.amount_requested;
    payment.status_transitions.paid_at = ledger.clock.seconds();
    ledger.emit('charge.succeeded', charge);
    ledger.emit('payment_intent.succeeded', intent);
    ledger.emit('invoice_payment.paid', payment);
  }
  markPaid(ledger, invoice);
}

/** Records a declined try; answers whether another one is planned. */
export function decline(ledger: Ledger, invoice: Stripe.Invoice): boolean {
  const found = paymentOf(ledger, invoice);
  const confirm = ledger.confirming.has(String(invoice.customer));
  // https://docs.stripe.com/billing/revenue-recovery#strong-customer-authentication
  if (found && confirm) {
    found.intent.status = 'requires_action';
    ledger.emit('payment_intent.requires_action', found.intent);
  } else if (found) {
    const charge = ledger.charges.add(newCharge(ledger, found.intent, false));
    found.intent.status = 'requires_payment_method';
    found.intent.latest_charge = charge.id;
    found.intent.last_payment_error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
      charge: charge.id,
    };
    ledger.emit('charge.failed', charge);
    ledger.emit('payment_intent.payment_failed', found.intent);
  }
  const wait = invoice.billing_reason === 'subscription_create' ? undefined : retryAfterDays[invoice.attempt_count];
  invoice.attempted = true;
  invoice.attempt_count += 1;
  invoice.next_payment_attempt = wait === undefined ? null : ledger.clock.seconds() + wait * day;
  ledger.emit('invoice.payment_failed', invoice);
  if (confirm) ledger.emit('invoice.payment_action_required', invoice);
  return wait !== undefined;
}

/** Tries to collect an open invoice with the customer's card; answers whether it is paid. */
export function collect(ledger: Ledger, invoice: Stripe.Invoice): boolean {
  if (invoice.status === 'paid') return true;
  if (invoice.amount_due > 0 && ledger.declining.has(String(invoice.customer))) {
    decline(ledger, invoice);
    return false;
  }
  if (invoice.amount_due > 0) invoice.attempt_count += 1;
  succeed(ledger, invoice);
  return true;
}

export function voidInvoice(ledger: Ledger, invoice: Stripe.Invoice): void {
  invoice.status = 'void';
  invoice.next_payment_attempt = null;
  invoice.status_transitions.voided_at = ledger.clock.seconds();
  ledger.emit('invoice.voided', invoice);
}
