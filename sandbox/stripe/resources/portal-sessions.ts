import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import { requiredText, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import { portalCreateParams } from './parameters.ts';

function create({ ledger, params, origin }: Call): Stripe.BillingPortal.Session {
  const customer = ledger.need(ledger.customers, requiredText(params, 'customer'), 'customer');
  const id = newId('bps', 24);
  return ledger.portalSessions.add({
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_sandbox',
    created: ledger.clock.seconds(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: ledger.livemode,
    locale: text(params, 'locale') ?? null,
    on_behalf_of: null,
    return_url: text(params, 'return_url') ?? null,
    url: `${origin}/p/session/${id}`,
  });
}

export const portalSessions = [route('POST', '/v1/billing_portal/sessions', portalCreateParams, create)];
