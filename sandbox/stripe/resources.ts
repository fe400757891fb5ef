import { account } from './resources/account.ts';
import { prices, products } from './resources/catalogue.ts';
import { checkoutSessions } from './resources/checkout-sessions.ts';
import { customers } from './resources/customers.ts';
import { events } from './resources/events.ts';
import { disputes, refunds } from './resources/money-back.ts';
import { charges, invoicePayments, invoices, paymentIntents } from './resources/payments.ts';
import { portalSessions } from './resources/portal-sessions.ts';
import { subscriptions } from './resources/subscriptions.ts';
import { type Endpoints, webhookEndpoints } from './resources/webhook-endpoints.ts';
import type { Route } from './route.ts';

/** Every route of the API the sandbox speaks. */
export const routes = (endpoints: Endpoints): Route[] => [
  ...account,
  ...customers,
  ...products,
  ...prices,
  ...subscriptions,
  ...invoices,
  ...invoicePayments,
  ...paymentIntents,
  ...charges,
  ...refunds,
  ...disputes,
  ...events,
  ...checkoutSessions,
  ...portalSessions,
  ...webhookEndpoints(endpoints),
];
