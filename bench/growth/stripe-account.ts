import { createServer } from 'node:http';
import { closeNow, listen } from '@moddy/sandbox/listen';
import { PERIOD } from './fill.ts';

const PAGE = 100;

/**
 * A Stripe account that lists one subscription per user, newest first, as the database holds them. The sandbox keeps
 * whole objects in memory and searches them for each page: with 100,000 of them that would be what is measured.
 */
export async function startStripeAccount(subscriptions: number) {
  const server = createServer((request, response) => {
    const cursor = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('starting_after');
    const before = cursor === null ? subscriptions + 1 : Number(cursor.slice('sub_'.length));
    const count = Math.min(PAGE, before - 1);
    const data = Array.from({ length: count }, (_, at) => subscription(before - 1 - at));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'list', data, has_more: before - 1 > count, url: '/v1/subscriptions' }));
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => closeNow(server) };
}

const subscription = (user: number) => ({
  id: `sub_${user}`,
  object: 'subscription',
  customer: `cus_${user}`,
  status: 'active',
  created: PERIOD.start,
  cancel_at: null,
  cancel_at_period_end: false,
  currency: 'eur',
  discounts: [],
  metadata: {},
  pause_collection: null,
  items: {
    object: 'list',
    data: [
      {
        price: { id: 'price_moddy_max_month', unit_amount: 999, recurring: { interval: 'month', interval_count: 1 } },
        quantity: 1,
        current_period_start: PERIOD.start,
        current_period_end: PERIOD.end,
      },
    ],
  },
});
