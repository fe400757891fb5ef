import type Stripe from 'stripe';
import type { Endpoint } from '../delivery.ts';
import type { Ledger } from '../ledger.ts';
import { apiVersion } from '../ledger.ts';
import { page, pageParams } from '../listing.ts';
import { type Route, route } from '../route.ts';

export interface Endpoints {
  endpoints: () => Endpoint[];
}

/** The secret is shown at creation only, so never here. */
const shown = (
  ledger: Ledger,
  { url, events, disabled, apiVersion: version = apiVersion }: Endpoint,
  at: number,
): Stripe.WebhookEndpoint => ({
  id: `we_sandbox${at + 1}`,
  object: 'webhook_endpoint',
  api_version: version,
  application: null,
  created: 1_600_000_000,
  description: null,
  enabled_events: events ?? ['*'],
  livemode: ledger.livemode,
  metadata: {},
  status: disabled ? 'disabled' : 'enabled',
  url,
});

/** Endpoints are the operator's configuration: listed here, set through the sandbox's own controls. */
export const webhookEndpoints = ({ endpoints }: Endpoints): Route[] => [
  route('GET', '/v1/webhook_endpoints', [...pageParams], ({ ledger, params }) =>
    page(
      '/v1/webhook_endpoints',
      endpoints().map((entry, at) => shown(ledger, entry, at)),
      params,
    ),
  ),
];
