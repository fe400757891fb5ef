import { money } from '@moddy/runtime/money';
import type { Redriven } from '../outbox/redrive.ts';
import {
  cureOfCustomer,
  cureOfDelivery,
  cureOfJob,
  cureOfLateJob,
  cureOfRefund,
  cureOfRoles,
  cureOfSync,
} from './cures.ts';
import { NOTHING_CHANGED } from './format-comparison.ts';
import type { Parked } from './list-parked.ts';

/** Everything that waits for an operator, one line each with its cure. */
export function formatParked({
  customers,
  failing,
  roles,
  deliveries,
  reversals,
  alerts,
  notShown,
}: Parked): readonly string[] {
  const lines = [
    ...customers.map(
      ({ customer, discordId }) =>
        `customer ${customer.customerId}${discordId === null ? '' : ` (user ${discordId})`}: ` +
        `${customer.parkedReason}: ${cureOfCustomer(customer)}`,
    ),
    ...deliveries.map(
      ({ delivery, discordId }) =>
        `delivery ${delivery.deliveryId} (user ${discordId}, ${delivery.kind}` +
        `${delivery.message === null ? '' : ` ${delivery.message.action} ${delivery.message.plan}`}): ` +
        cureOfDelivery(delivery),
    ),
    ...reversals.map(
      (refund) =>
        `${refund.kind} ${refund.reversalId} (${money(refund, 'en')}, ${refund.customerId ?? refund.chargeId}): ` +
        cureOfRefund(refund),
    ),
    ...roles.map(
      ({ discordId, reason, detail }) => `roles of user ${discordId}: ${reason} (${detail}): ${cureOfRoles(reason)}`,
    ),
    ...failing.map((customer) => `sync of ${customer.customerId}: ${cureOfSync(customer)}`),
    ...alerts.map(({ job, late }) => `${job.name}: ${late ? cureOfLateJob(job) : cureOfJob(job)}`),
  ];
  if (lines.length === 0) return ['Nothing is parked.'];
  return notShown > 0 ? [...lines, `… and ${notShown} more`] : lines;
}

/** The results of a redrive, one line a delivery. */
export function formatRedriven(redriven: readonly Redriven[], dry: boolean): readonly string[] {
  if (redriven.length === 0) return ['Nothing is parked there.'];
  const lines = redriven.map(
    ({ delivery, becomes }) => `${nameOf(delivery)}: ${BECOMES[becomes][dry ? 'dry' : 'done']}`,
  );
  return dry ? [...lines, NOTHING_CHANGED] : lines;
}

/** The messages that an operator gave up, one line each. */
export function formatDropped(dropped: readonly Redriven['delivery'][], dry: boolean): readonly string[] {
  if (dropped.length === 0) return ['No message from before then is left to send.'];
  const lines = dropped
    .slice(0, LINES)
    .map(
      (delivery) =>
        `${nameOf(delivery)} of ${delivery.createdAt.toISOString()}: ${dry ? 'would be dropped' : 'is dropped'}`,
    );
  const more = dropped.length > LINES ? [`… and ${dropped.length - LINES} more`] : [];
  return [...lines, ...more, ...(dry ? [NOTHING_CHANGED] : [])];
}

/** Most lines of one kind on a terminal. */
const LINES = 500;

const STAYS = 'stays parked, the user has a later message; --force sends it all the same';
const BECOMES = {
  pending: { done: 'is sent again', dry: 'would be sent again' },
  superseded: { done: STAYS, dry: STAYS },
  replaced: {
    done: 'is closed, newer roles of this user are pending already',
    dry: 'would be closed, newer roles of this user are pending already',
  },
} as const satisfies Record<Redriven['becomes'], unknown>;

function nameOf({ deliveryId, kind, message }: Redriven['delivery']): string {
  return `#${deliveryId} ${kind}${message === null ? '' : ` ${message.action} ${message.plan}`}`;
}
