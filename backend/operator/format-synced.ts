import type { SyncNowOutcome } from '../billing/sync-now.ts';
import { cureOfCustomer } from './cures.ts';
import type { Story } from './read-story.ts';

/** The changes of a requested sync, as terminal text; the roles are always sent again. */
export function formatSynced(
  outcome: SyncNowOutcome,
  before: readonly Story[],
  after: readonly Story[],
): readonly string[] {
  if (outcome === 'nobody') {
    return [
      'No backend seems to be running on this database. The sync stays wanted: the next one that starts does it.',
    ];
  }
  const late = outcome === 'late' ? ['Not done yet; it goes on. trace shows how far it is.'] : [];
  const was = new Set(before.flatMap(stateOf));
  const known = new Set(before.flatMap(({ deliveries }) => deliveries.map(({ deliveryId }) => deliveryId)));
  const states = after.flatMap(stateOf);
  const changed = states.filter((line) => !was.has(line));
  const fresh = after.flatMap(({ deliveries }) =>
    deliveries.filter(({ deliveryId }) => !known.has(deliveryId)).toReversed(),
  );
  const pending = fresh.map(
    ({ deliveryId, kind, message }) =>
      `pending: #${deliveryId} ${kind}${message === null ? '' : ` ${message.action} ${message.plan}`}`,
  );
  const parked = after.flatMap(({ customers }) =>
    customers
      .filter(({ parkedReason }) => parkedReason !== null)
      .map((customer) => `parked: ${customer.customerId}: ${cureOfCustomer(customer)}`),
  );
  const nothing = changed.length + parked.length === 0 && fresh.every(({ kind }) => kind === 'roles');
  const lines = nothing ? ['Nothing changed.', ...states] : changed.map((line) => `now: ${line}`);
  return [...late, ...lines, ...pending, ...parked];
}

function stateOf({ user, subscriptions }: Story): string[] {
  const plan = user === null ? [] : [`Discord user ${user.discordId} has plan ${user.plan}, revision ${user.revision}`];
  return [
    ...plan,
    ...subscriptions.map(
      ({ subscriptionId, status, plan, priceId }) => `${subscriptionId} is ${status}, ${plan ?? priceId ?? 'no price'}`,
    ),
  ];
}
