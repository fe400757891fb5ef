import type Stripe from 'stripe';
import { page, pageParams } from '../listing.ts';
import { subscriptionIdOf } from '../objects/invoice.ts';
import { hash, oneOf, text } from '../params.ts';
import { route } from '../route.ts';
import { invoiceListParams } from './parameters.ts';

/** A finalised invoice has a page on which it is paid (Stripe docs: Hosted Invoice Page). */
const withPage = (origin: string) => (invoice: Stripe.Invoice) =>
  invoice.status === 'draft' ? invoice : { ...invoice, hosted_invoice_url: `${origin}/i/${invoice.id}` };

export const invoices = [
  route('GET', '/v1/invoices', [...pageParams, ...invoiceListParams], ({ ledger, params, origin }) => {
    const [customer, subscription, status] = ['customer', 'subscription', 'status'].map((name) => text(params, name));
    const matching = ledger.invoices.filter(
      (entry) =>
        (customer === undefined || entry.customer === customer) &&
        (subscription === undefined || subscriptionIdOf(entry) === subscription) &&
        (status === undefined || entry.status === status),
    );
    return page('/v1/invoices', matching.map(withPage(origin)), params);
  }),
  route('GET', '/v1/invoices/:id/lines', pageParams, ({ ledger, params, id }) =>
    page(`/v1/invoices/${id}/lines`, ledger.need(ledger.invoices, id).lines.data, params),
  ),
  route('GET', '/v1/invoices/:id', [], ({ ledger, id, origin }) => withPage(origin)(ledger.need(ledger.invoices, id))),
];

/** The way from a charge to its invoice since charges lost `invoice`: payment_intent → invoice_payments. */
export const invoicePayments = [
  route('GET', '/v1/invoice_payments', [...pageParams, 'invoice', 'payment', 'status'], ({ ledger, params }) => {
    const [invoice, status] = ['invoice', 'status'].map((name) => text(params, name));
    const payment = hash(params, 'payment') ?? {};
    // Stripe has more kinds; this one is modelled.
    oneOf(payment, 'type', ['payment_intent']);
    const intent = text(payment, 'payment_intent');
    const matching = ledger.invoicePayments.filter(
      (entry) =>
        (invoice === undefined || entry.invoice === invoice) &&
        (status === undefined || entry.status === status) &&
        (intent === undefined || entry.payment.payment_intent === intent),
    );
    return page('/v1/invoice_payments', matching, params);
  }),
  route('GET', '/v1/invoice_payments/:id', [], ({ ledger, id }) => ledger.need(ledger.invoicePayments, id)),
];

export const paymentIntents = [
  route('GET', '/v1/payment_intents', [...pageParams, 'customer'], ({ ledger, params }) => {
    const customer = text(params, 'customer');
    const matching = ledger.paymentIntents.filter((entry) => customer === undefined || entry.customer === customer);
    return page('/v1/payment_intents', matching, params);
  }),
  route('GET', '/v1/payment_intents/:id', [], ({ ledger, id }) => ledger.need(ledger.paymentIntents, id)),
];

export const charges = [
  route('GET', '/v1/charges', [...pageParams, 'customer', 'payment_intent'], ({ ledger, params }) => {
    const [customer, intent] = ['customer', 'payment_intent'].map((name) => text(params, name));
    const matching = ledger.charges.filter(
      (entry) =>
        (customer === undefined || entry.customer === customer) &&
        (intent === undefined || entry.payment_intent === intent),
    );
    return page('/v1/charges', matching, params);
  }),
  route('GET', '/v1/charges/:id', [], ({ ledger, id }) => ledger.need(ledger.charges, id)),
];
