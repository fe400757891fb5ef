import type { Message } from '../database/schema.ts';
import { FREE, type Plans } from '../plans.ts';
import type { Entitlement, Entitling, Granted } from './entitlement.ts';

/** The message that a user gets when their effective entitlement changes. */
export type PlanNotice = Pick<Message, 'action' | 'change' | 'plan'>;

export interface Transition {
  readonly notices: readonly PlanNotice[];
  /** The plan changed, so the roles have to. */
  readonly planChanged: boolean;
}

/**
 * The messages for the differences between the entitlement last sent to the user and the new one. A change of the plan is
 * one message; within a plan each difference is a message. A renewal, or a lower second subscription, is none.
 */
export function transition(
  before: Entitlement,
  after: Entitlement,
  plans: Plans,
  because?: 'granted' | 'grant_ended',
): Transition {
  const { plan } = after;
  if (before.plan !== plan) {
    const notice = because
      ? { action: 'subscription_updated' as const, change: because, plan }
      : planNotice(before, after, plans);
    return { planChanged: true, notices: [notice] };
  }
  if (plan === FREE) return { planChanged: false, notices: [] };
  if (isGranted(before) || isGranted(after)) {
    // The same plan from another source: only the change from a grant to a paid subscription sends a message.
    const notices: PlanNotice[] = isGranted(after) ? [] : [{ action: 'subscription_created', change: null, plan }];
    return { planChanged: false, notices };
  }
  const changes: Message['change'][] = [];
  // Rows of an older version have no count: then only the interval is compared.
  const counted = before.intervalCount !== null && after.intervalCount !== null;
  const recounted = counted && before.intervalCount !== after.intervalCount;
  if (before.interval !== after.interval || recounted) changes.push('interval_changed');
  if (before.paymentLate !== after.paymentLate) changes.push(after.paymentLate ? 'payment_late' : 'payment_recovered');
  if (before.cancelsAtPeriodEnd !== after.cancelsAtPeriodEnd) {
    changes.push(after.cancelsAtPeriodEnd ? 'cancellation_scheduled' : 'cancellation_withdrawn');
  }
  return { planChanged: false, notices: changes.map((change) => ({ action: 'subscription_updated', change, plan })) };
}

/** A plan that is never billed is not a subscription's. */
const isGranted = ({ plan, interval }: Entitlement) => plan !== FREE && interval === null;

function planNotice(before: Entitlement, after: Entitlement, plans: Plans): PlanNotice {
  const { plan } = after;
  if (plan === FREE) return { action: 'subscription_cancelled', change: null, plan };
  if (before.plan === FREE) {
    const resumed = before.subscriptionId !== null && before.subscriptionId === after.subscriptionId;
    return resumed
      ? { action: 'subscription_updated', change: 'resumed', plan }
      : { action: 'subscription_created', change: null, plan };
  }
  const up = plans.rankOf(plan) > plans.rankOf(before.plan);
  return { action: up ? 'plan_upgraded' : 'plan_downgraded', change: null, plan };
}

/** When a change takes effect, if that is not now. */
export function effectiveAt(
  { change }: PlanNotice,
  {
    source,
    lateEndsAt,
    grant,
  }: { readonly source: Entitling | null; readonly lateEndsAt: Date | null; readonly grant: Granted | null },
): Date | null {
  if (change === 'cancellation_scheduled') return source?.currentPeriodEnd ?? null;
  if (change === 'granted') return grant?.endsAt ?? null;
  return change === 'payment_late' ? lateEndsAt : null;
}
