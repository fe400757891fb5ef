import type Stripe from 'stripe';
import { route } from '../route.ts';

export const account = [
  route(
    'GET',
    '/v1/account',
    [],
    ({ ledger }): Stripe.Account => ({
      id: ledger.accountId,
      object: 'account',
      business_type: 'company',
      charges_enabled: true,
      country: 'FR',
      created: 1_600_000_000,
      default_currency: 'eur',
      details_submitted: true,
      email: 'billing@example.com',
      metadata: {},
      payouts_enabled: true,
      type: 'standard',
    }),
  ),
];
