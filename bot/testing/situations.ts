import type { NotificationFacts } from '../messages/compose.ts';
import type { SubscriptionChange, UserAction } from '../messages/texts.ts';

/** Something a subscriber is notified of, with more or less known about it. */
export interface Situation {
  readonly action: UserAction;
  readonly change: SubscriptionChange | null;
  readonly given: 'everything' | 'only the plan' | 'nothing' | 'a period of three months' | 'a payment to be confirmed';
  readonly facts: NotificationFacts;
}

const AT = '2026-12-24T18:00:00Z';
/** Exhaustive by their types: a value that the contract gains is an error here. */
const ACTIONS: Readonly<Record<Exclude<UserAction, 'subscription_updated'>, true>> = {
  subscription_created: true,
  plan_upgraded: true,
  plan_downgraded: true,
  subscription_cancelled: true,
};
const CHANGES: Readonly<Record<SubscriptionChange, true>> = {
  cancellation_scheduled: true,
  cancellation_withdrawn: true,
  interval_changed: true,
  payment_late: true,
  payment_recovered: true,
  resumed: true,
  renewal_soon: true,
  trial_ending: true,
  granted: true,
  grant_ended: true,
  other: true,
};
const keysOf = <Key extends string>(record: Readonly<Record<Key, true>>): Key[] =>
  // Written out above, hence without a key that its type does not name.
  Object.keys(record) as Key[];

const situationsOf = (action: UserAction, change: SubscriptionChange | null): Situation[] => {
  const none = { action, change };
  const plan = 'moddy_max';
  const price = { amount: 999, currency: 'eur' };
  return [
    { action, change, given: 'everything', facts: { ...none, plan, interval: 'month', effective_at: AT, ...price } },
    { action, change, given: 'only the plan', facts: { ...none, plan } },
    { action, change, given: 'nothing', facts: none },
    ...(change === 'interval_changed'
      ? [
          {
            action,
            change,
            given: 'a period of three months' as const,
            facts: { ...none, plan, interval: 'month' as const, interval_count: 3 },
          },
        ]
      : []),
    ...(change === 'payment_late'
      ? [
          {
            action,
            change,
            given: 'a payment to be confirmed' as const,
            facts: { ...none, plan, effective_at: AT, action_required: true },
          },
        ]
      : []),
  ];
};

/** Every message there is. */
export const situations: readonly Situation[] = [
  ...keysOf(ACTIONS).flatMap((action) => situationsOf(action, null)),
  ...[...keysOf(CHANGES), null].flatMap((change) => situationsOf('subscription_updated', change)),
];
