import { money } from '@moddy/runtime/money';
import { type Standing, standingOf } from '../billing/standing.ts';
import { cureOfCustomer, cureOfDelivery, cureOfRefund } from './cures.ts';
import { STORY_LIMIT, type Story } from './read-story.ts';

/** `member@example.com` → `m…@example.com`: enough to recognise, too little to write to. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${email.slice(0, 1)}…${email.slice(at)}`;
}

/** One subject's story as terminal text: the identity, the events in order, the current state and pending work. */
export function formatStory(story: Story, shown: Shown): readonly string[] {
  const entries = [
    ...stripeEntries(story),
    ...deliveryEntries(story),
    ...refundEntries(story),
    ...discordEntries(story),
  ];
  // A stable sort: entries of one moment stay in the order cause, effect, verdict.
  const ordered = entries.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const cut = [story.stripeEvents, story.deliveries, story.reversals, story.discordEvents].some(
    ({ length }) => length === STORY_LIMIT,
  );
  return [
    ...subjectLines(story),
    '',
    'What happened',
    ...(cut ? [`  (only the last ${STORY_LIMIT} of each kind)`] : []),
    ...(ordered.length === 0 ? ['  nothing that is still stored'] : []),
    ...ordered.map(({ at, who, text }) => `  ${clock(at)}  ${who.padEnd(8)} ${text}`),
    '',
    'Now',
    ...nowLines(story, shown).map((line) => `  ${line}`),
  ];
}

/** For a user who says that they paid, and is not found. */
export const RECEIPT =
  'If they paid: with which e-mail? It is on the receipt of Stripe, and trace takes it; the payment may be of another ' +
  'Discord account.';

/** The bot's events of a Discord id that belongs to no user. */
export function formatStranger(discordId: string, discordEvents: Story['discordEvents']): readonly string[] {
  return [
    `Discord id ${discordId}: no user. They never paid with this account, and never logged in.`,
    '',
    'What happened',
    ...discordEntries({ discordEvents }).map(({ at, who, text }) => `  ${clock(at)}  ${who.padEnd(8)} ${text}`),
    '',
    RECEIPT,
  ];
}

interface Entry {
  readonly at: Date;
  readonly who: 'Stripe' | 'Discord' | 'enqueued' | 'verdict' | 'money';
  readonly text: string;
}

function subjectLines({ user, customers }: Story): string[] {
  const ids = customers.map(({ customerId }) => customerId).join(', ') || 'no Stripe customer';
  if (user === null) return [`Nobody is linked to ${ids}.`];
  const email = user.email === null ? 'no e-mail' : maskEmail(user.email);
  return [`Discord user ${user.discordId} (user id ${user.userId}, ${email}, ${ids})`];
}

const stripeEntries = ({ stripeEvents }: Story): Entry[] =>
  stripeEvents.toReversed().map(({ receivedAt, createdAt, type, eventId, customerId }) => {
    // Stripe's own clock counts whole seconds.
    const lateSeconds = Math.round((receivedAt.getTime() - createdAt.getTime()) / 1000);
    const late = lateSeconds > 10 ? `, ${lateSeconds} s after it happened` : '';
    return { at: receivedAt, who: 'Stripe', text: `${type} of ${customerId ?? 'no customer'} (${eventId}${late})` };
  });

const discordEntries = ({ discordEvents }: Pick<Story, 'discordEvents'>): Entry[] =>
  discordEvents.toReversed().map(({ receivedAt, type }) => ({ at: receivedAt, who: 'Discord', text: type }));

const refundEntries = ({ reversals }: Story): Entry[] =>
  reversals.toReversed().map((refund) => ({
    // Stripe's own time has no fractions: the entry would stand before its cause.
    at: refund.settledAt ?? refund.createdAt,
    who: 'money',
    text:
      `${refund.kind} of ${money(refund, 'en')}, ${refund.subscriptionId ?? 'subscription not found yet'}: ` +
      `${refund.outcome ?? 'being followed'}${refund.detail === null ? '' : ` (${refund.detail})`}`,
  }));

function deliveryEntries({ deliveries }: Story): Entry[] {
  return deliveries.toReversed().flatMap((delivery): Entry[] => {
    const { deliveryId, createdAt, redrivenAt, settledAt, state, attempts, outcome, detail } = delivery;
    const tries = `after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    const detailText = detail === null || detail === '' ? '' : ` (${detail})`;
    return [
      { at: createdAt, who: 'enqueued', text: `#${deliveryId} ${subjectOf(delivery)}` },
      ...(redrivenAt === null
        ? []
        : [{ at: redrivenAt, who: 'enqueued' as const, text: `#${deliveryId} again, by redrive` }]),
      ...(settledAt === null
        ? []
        : [
            {
              at: settledAt,
              who: 'verdict' as const,
              text: `#${deliveryId} ${state === 'parked' || state === 'waiting' ? `${state}: ` : ''}${outcome ?? 'done'} ${tries}${detailText}${meaningOf(outcome)}`,
            },
          ]),
    ];
  });
}

/** Verdicts that their names do not explain. */
const MEANINGS: Readonly<Record<string, string>> = {
  no_mutual_guild:
    'not in the server with this account; if they joined with another one: sync --user cus_… --discord-id <that one> --force',
  unknown_user: 'Discord has no such account: deleted, or a wrong discord_id at Stripe',
  not_in_guild: 'not in the server with this account',
  dm_closed: 'they accept no direct messages of the server',
};

function meaningOf(outcome: string | null): string {
  const meaning = MEANINGS[outcome ?? ''];
  return meaning === undefined ? '' : `: ${meaning}`;
}

/** Due for longer than a service that runs takes to claim it. */
export const isOverdue = ({ state, dueAt }: Pick<Story['deliveries'][number], 'state' | 'dueAt'>, now: Date): boolean =>
  state === 'pending' && now.getTime() - dueAt.getTime() > 5_000;

function subjectOf({ kind, message }: Story['deliveries'][number]): string {
  if (kind === 'roles' || message === null) return 'roles, as the plan says when it is sent';
  const more = [message.change, message.interval].filter((part) => part !== null).join(', ');
  return `message ${message.action} ${message.plan}${more === '' ? '' : ` (${more})`}`;
}

function nowLines({ user, customers, subscriptions, grants, deliveries, reversals }: Story, shown: Shown): string[] {
  const unconfirmed = user !== null && user.confirmedRevision < user.revision;
  const waitsFor = shown.waitsFor === undefined ? [] : [`overdue, waits for: ${shown.waitsFor}`];
  const pending = deliveries.filter(({ state }) => state === 'pending').toReversed();
  const parked = deliveries.filter(({ state }) => state === 'parked').toReversed();
  const waiting = deliveries.filter(({ state }) => state === 'waiting').toReversed();
  return [
    ...(user === null
      ? []
      : [planLine(user), ...standingLines(standingOf(user, subscriptions, shown.pastDueGraceMs, shown.now))]),
    ...subscriptions.map(
      ({ subscriptionId, status, plan, priceId, currentPeriodEnd, cancelAtPeriodEnd, collectionPaused }) =>
        `${subscriptionId}: ${status}, ${plan ?? `unknown price ${priceId}`}` +
        `${collectionPaused ? ', collection paused: the plan is kept and nothing is charged' : ''}` +
        `${currentPeriodEnd === null ? '' : `, ${cancelAtPeriodEnd ? 'ends' : 'until'} ${clock(currentPeriodEnd)}`}`,
    ),
    ...grants
      .filter(({ endedAt }) => endedAt === null)
      .map(
        ({ grantId, plan, endsAt, author, reason }) =>
          `grant ${grantId}: ${plan} until ${clock(endsAt)}, by ${author}: ${reason}`,
      ),
    ...customers.filter(({ wanted, done }) => wanted > done).map(customerWaits),
    ...customers
      .filter(({ parkedReason }) => parkedReason !== null)
      .map((customer) => `parked: ${customer.customerId}: ${cureOfCustomer(customer)}`),
    ...pending.map(
      (delivery) =>
        `pending: #${delivery.deliveryId} ${subjectOf(delivery)}, ${delivery.attempts} attempts, next ${clock(delivery.dueAt)}` +
        `${delivery.detail === null ? '' : ` (${delivery.detail})`}`,
    ),
    ...waitsFor,
    ...waiting.map(
      (delivery) => `waiting: #${delivery.deliveryId} ${subjectOf(delivery)}: sent when they join the server`,
    ),
    ...parked.map((delivery) => `parked: #${delivery.deliveryId} ${subjectOf(delivery)}: ${cureOfDelivery(delivery)}`),
    ...reversals
      .filter(({ state }) => state === 'parked')
      .map((refund) => `parked: ${refund.kind} ${refund.reversalId}: ${cureOfRefund(refund)}`),
    ...(pending.length + parked.length + waiting.length === 0 ? ['no delivery is pending'] : []),
    ...(unconfirmed ? ['roles are sent again within 30 s of their cure, when the user joins, and hourly'] : []),
  ];
}

/** By which rule and when the state is shown. */
export interface Shown {
  readonly pastDueGraceMs: number;
  readonly now: Date;
  /** Why nothing is sent, where something is overdue. */
  readonly waitsFor?: string | undefined;
}

/** The state that the user's account page shows, and their further subscriptions. */
function standingLines({ state, at, button, subscription, others }: Standing): string[] {
  const date = at === null ? '' : ` (${clock(at)})`;
  return [
    `the account page shows: ${state}${date}, button ${button}`,
    ...others.map(
      (each) =>
        `SECOND SUBSCRIPTION: ${each.subscriptionId} (${each.plan}, ${each.status}) beside ` +
        `${subscription?.subscriptionId ?? 'a grant'}: the user may be paying twice; cancel one at Stripe`,
    ),
  ];
}

function planLine({
  plan,
  interval,
  revision,
  confirmedRevision,
  cancelsAtPeriodEnd,
  paymentLate,
}: NonNullable<Story['user']>): string {
  const more = [interval, cancelsAtPeriodEnd ? 'cancellation scheduled' : null, paymentLate ? 'payment late' : null];
  const roles =
    confirmedRevision < revision
      ? `revision ${revision}, roles NOT confirmed (confirmed is ${confirmedRevision})`
      : `revision ${revision}, roles confirmed`;
  return [`plan ${plan}`, ...more.filter((part) => part !== null), roles].join(', ');
}

const customerWaits = ({ customerId, failures, retryAt }: Story['customers'][number]): string =>
  `sync of ${customerId} is wanted${failures > 0 && retryAt ? `, failed ${failures} times, next ${clock(retryAt)}` : ''}`;

const clock = (moment: Date): string => moment.toISOString().replace('T', ' ').slice(0, 19);
