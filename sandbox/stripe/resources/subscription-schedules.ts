import type Stripe from 'stripe';
import { cancelNow } from '../billing/cancel.ts';
import { cancelSchedule } from '../billing/schedule.ts';
import { invalid, missingParameter, notModelled } from '../errors.ts';
import { page, pageParams } from '../listing.ts';
import { subscriptionSchedule } from '../objects/subscription-schedule.ts';
import { flag, hashes, integer, mergeMetadata, oneOf, requiredText, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import { scheduleCreateParams } from './parameters.ts';

/** Only one that begins in the future; Stripe can also make one of a subscription. */
function create({ ledger, params }: Call): Stripe.SubscriptionSchedule {
  const customer = ledger.need(ledger.customers, requiredText(params, 'customer'), 'customer');
  let start = integer(params, 'start_date') ?? 0;
  if (start <= ledger.clock.seconds()) throw notModelled('a schedule that begins at once');
  oneOf(params, 'end_behavior', ['release']);
  const phases = hashes(params, 'phases').map((entry, at) => {
    const end = integer(entry, 'end_date');
    if (end === undefined) throw missingParameter(`phases[${at}][end_date]`);
    const items = hashes(entry, 'items').map((item) => ({
      price: ledger.need(ledger.prices, requiredText(item, 'price'), `phases[${at}][items][price]`),
      quantity: integer(item, 'quantity') ?? 1,
    }));
    const made = { start, end, items, metadata: mergeMetadata({}, entry) };
    start = end;
    return made;
  });
  if (phases.length === 0) throw missingParameter('phases');
  const metadata = mergeMetadata({}, params);
  const schedule = ledger.subscriptionSchedules.add(
    subscriptionSchedule(ledger, { customer: customer.id, phases, metadata }),
  );
  ledger.emit('subscription_schedule.created', schedule);
  return schedule;
}

/** It cancels its subscription too: https://docs.stripe.com/api/subscription_schedules/cancel */
function cancel({ ledger, id }: Call): Stripe.SubscriptionSchedule {
  const schedule = ledger.need(ledger.subscriptionSchedules, id);
  if (schedule.status !== 'not_started' && schedule.status !== 'active') {
    throw invalid(`You cannot cancel a subscription schedule that is currently in the \`${schedule.status}\` status.`);
  }
  const subscription = ledger.subscriptions.get(String(schedule.subscription));
  if (subscription) cancelNow(ledger, subscription);
  else cancelSchedule(ledger, schedule);
  return schedule;
}

export const subscriptionSchedules = [
  route('POST', '/v1/subscription_schedules', scheduleCreateParams, create),
  route(
    'GET',
    '/v1/subscription_schedules',
    [...pageParams, 'customer', 'scheduled', 'canceled_at', 'completed_at', 'released_at'],
    ({ ledger, params }) => {
      const customer = text(params, 'customer');
      const scheduled = flag(params, 'scheduled');
      const matching = ledger.subscriptionSchedules.filter(
        (entry) =>
          (customer === undefined || entry.customer === customer) &&
          (scheduled !== true || entry.status === 'not_started'),
      );
      return page('/v1/subscription_schedules', matching, params);
    },
  ),
  route('GET', '/v1/subscription_schedules/:id', [], ({ ledger, id }) => ledger.need(ledger.subscriptionSchedules, id)),
  route('POST', '/v1/subscription_schedules/:id/cancel', ['invoice_now', 'prorate'], cancel),
];
