/** Every text of the site in English; `fr.ts` has the same shape, and the compiler sees to it. */
import type { Button, State } from '../../billing/standing.ts';
import type { FaultKind } from '../faults.ts';

const every: Readonly<Record<string, readonly [one: string, many: string]>> = {
  day: ['day', 'days'],
  week: ['week', 'weeks'],
  month: ['month', 'months'],
  year: ['year', 'years'],
};

/** The date and amount in the sentences of a state, formatted for the language; absent if unknown. */
export interface StandingFacts {
  readonly at: string | undefined;
  readonly amount: string | undefined;
}

const of = (amount: string | undefined) => (amount === undefined ? '' : ` of ${amount}`);
const before = (at: string | undefined) => (at === undefined ? '' : ` before ${at}`);

const outcome: Readonly<Record<string, string>> = {
  sent: 'Sent to your direct messages',
  dm_closed: 'Not delivered: your direct messages are closed',
  waiting: 'Waiting: it will be sent when you join the server',
  superseded: 'Not sent: a newer message replaced it',
  no_mutual_guild: 'Not delivered: you share no server with Moddy',
  unknown_user: 'Not delivered: Discord no longer knows this account',
};

export const en = {
  code: 'en' as 'en' | 'fr',
  otherLanguage: { code: 'fr', name: 'Français' },
  siteName: 'Moddy',
  colon: ':',
  skip: 'Skip to content',
  nav: {
    label: 'Main',
    plans: 'Plans',
    account: 'My account',
    login: 'Log in with Discord',
    loginShort: 'Log in',
    logout: 'Log out',
  },
  footer: {
    payments: 'Payments are handled by Stripe. We never see your card number.',
    terms: 'Terms',
    support: 'Contact support',
  },
  back: 'Back to the plans',
  tryAgain: 'Try again',
  writeToSupport: 'Contact support',

  plans: {
    title: 'Plans',
    headline: 'More Moddy on your Discord',
    lead: 'Choose a plan and pay with Stripe. Within seconds you get your role on Discord, and a message from Moddy.',
    heading: 'The plans',
    choose: (plan: string) => `Choose ${plan}`,
    billing: (plan: string) => `Billing for ${plan}`,
    yours: 'Your plan',
    manage: 'Manage my subscription',
    highest: 'Most complete',
    saves: (percent: number) => `Save ${percent}%`,
    none: 'There are no plans for sale right now.',
    unavailable: 'We cannot show the prices right now. Please come back in a few minutes.',
    example: {
      today: 'Today',
      title: (plan: string) => `Welcome to ${plan}`,
      text: (plan: string) => `Your ${plan} subscription is active. Thank you for supporting Moddy!`,
      role: 'Your role',
    },
    how: 'How it works',
    steps: [
      ['Log in with Discord', 'This tells us which account gets the role. We never post on your behalf.'],
      ['Pay with Stripe', 'By card, on Stripe’s own pages.'],
      ['Enjoy', 'Moddy gives you the role and sends you a direct message. Cancel whenever you like.'],
    ] as readonly (readonly [string, string])[],
    per: (interval: string, count: number) => {
      const [one, many] = every[interval] ?? [interval, interval];
      return count === 1 ? `per ${one}` : `every ${count} ${many}`;
    },
  },

  subscribe: {
    title: 'Your order',
    lead: 'Please check it before you pay.',
    plan: 'Plan',
    price: 'Price',
    trial: 'Free trial',
    trialDays: (days: number) => (days === 1 ? '1 day' : `${days} days`),
    priceAfter: 'Then',
    account: 'Discord account',
    accountNote: 'This account gets the role. Not yours? Log out, then log in with the right one.',
    renews:
      'Your subscription renews automatically. You can cancel at any time and keep the plan until the end of the period you paid for.',
    renewsAfterTrial:
      'Nothing is charged today. When the trial ends, the first payment is charged and your subscription renews automatically, unless you cancel before then.',
    granted: (plan: string) => `You already have ${plan}.`,
    pay: 'Continue to payment',
    payNote: 'You will pay on Stripe’s page.',
    login: 'Log in with Discord to continue',
    loginNote: 'Discord shares your ID, name, language and e-mail address with us. Nothing else.',
  },

  /** The states of a subscription: each with its name, one sentence, and one action. */
  standing: {
    badge: {
      none: 'None',
      granted: 'Gift',
      active: 'Active',
      trial: 'Free trial',
      ending: 'Cancelled',
      collection_paused: 'Billing paused',
      late: 'Payment overdue',
      confirm: 'Payment to confirm',
      lapsed: 'Suspended',
      unpaid: 'Suspended',
      paused: 'Paused',
      incomplete: 'Payment not finished',
      ended: 'Ended',
      other: 'Unknown',
    } as Readonly<Record<State, string>>,
    sentence: {
      none: () => 'You have no subscription.',
      granted: ({ at }) =>
        `This plan was given to you${at === undefined ? '' : ` until ${at}`}. There is nothing to pay.`,
      active: ({ at }) => `Your subscription renews${at === undefined ? ' automatically' : ` on ${at}`}.`,
      trial: ({ at, amount }) =>
        `Your free trial ends${at === undefined ? ' soon' : ` on ${at}`}. The first payment${of(amount)} is due then.`,
      ending: ({ at }) =>
        `Your subscription is cancelled. You keep your plan until ${at ?? 'the end of the period you paid for'}.`,
      collection_paused: ({ at }) =>
        `Billing is paused${at === undefined ? '' : ` until ${at}`}. You keep your plan and nothing is charged.`,
      late: ({ at, amount }) =>
        `Your last payment${of(amount)} did not go through. Pay${before(at)} to keep your plan.`,
      confirm: ({ at, amount }) =>
        `Your bank wants you to confirm your last payment${of(amount)}. Confirm it${before(at)} to keep your plan.`,
      lapsed: ({ amount }) =>
        `Your last payment${of(amount)} did not go through, so your plan is suspended. Pay to get it back.`,
      unpaid: ({ amount }) => `A payment${of(amount)} is still due, so your plan is suspended. Pay to get it back.`,
      paused: ({ amount }) =>
        amount === undefined
          ? 'Your free trial ended without a payment method, so your subscription is paused. Add one and resume to get your plan back.'
          : `Your subscription is paused until your payment of ${amount} arrives.`,
      incomplete: ({ at, amount }) =>
        `Your first payment${of(amount)} is not finished. Finish it${before(at)}; after that it expires and you can choose a plan again.`,
      ended: ({ at }) => (at === undefined ? 'Your subscription has ended.' : `Your subscription ended on ${at}.`),
      other: () => 'You can see the details of your subscription at Stripe.',
    } as Readonly<Record<State, (facts: StandingFacts) => string>>,
    button: {
      plans: 'See the plans',
      manage: 'Manage my subscription',
      keep: 'Keep my subscription',
      pay: 'Pay now',
      confirm: 'Confirm the payment',
      finish: 'Finish the payment',
      resume: 'Resume my subscription',
    } as Readonly<Record<Button, string>>,
  },

  already: {
    title: 'You already have a subscription',
    same: (plan: string) => `You already have ${plan}. There is nothing more to pay.`,
    other: (has: string, chosen: string) =>
      `You have ${has}. To move to ${chosen}, change your subscription instead of buying a second one.`,
    account: 'See my account',
  },

  success: {
    title: (plan: string) => `You have ${plan}`,
    lead: 'Your payment went through. Thank you!',
    trialLead: 'Your free trial has started. Nothing has been charged yet.',
    subscription: (plan: string) => `${plan} is active.`,
    role: {
      given: 'You have your role on Discord.',
      waiting: 'Your role on Discord is on its way.',
      absent: 'You are not on the Discord server yet. You will get your role when you join.',
      failed:
        'Discord would not let us add the role. We have been notified and will fix it; there is nothing you need to do.',
    },
    message: {
      sent: 'Moddy has sent you a direct message.',
      waiting: 'A direct message from Moddy is on its way.',
      absent: 'Moddy will send you a direct message when you join the server.',
      rejected: 'Moddy could not message you: your direct messages are closed.',
    },
    account: 'See my account',
  },
  join: {
    button: 'Join the server',
    failed: 'Discord could not add you to the server. Please join with this link.',
  },
  waiting: {
    title: 'Just a moment…',
    lead: 'We are waiting for Stripe to confirm your payment. This page refreshes on its own.',
    longTitle: 'This is taking longer than usual',
    long: 'Stripe has not confirmed a payment yet. If you have paid, nothing is lost: your plan starts as soon as we hear from Stripe, and Moddy will send you a message. You can close this page.',
    again: 'Refresh now',
    stop: 'Stop refreshing',
  },
  cancelled: {
    title: 'No payment was made',
    lead: 'You left before paying. You have no subscription, and nothing was charged.',
  },

  account: {
    title: 'My account',
    discordId: 'Discord ID',
    email: 'E-mail',
    noEmail: 'none',
    subscription: 'My subscription',
    plan: 'Plan',
    statusLabel: 'Status',
    billing: 'Billing',
    interval: (interval: string, count: number) => {
      const [one, many] = every[interval] ?? [interval, interval];
      return count === 1 ? `Every ${one}` : `Every ${count} ${many}`;
    },
    date: { active: 'Renews on', trial: 'Trial ends on', ending: 'Ends on', ended: 'Ended on' },
    role: 'Discord role',
    roleShort: {
      given: 'You have it',
      waiting: 'On its way',
      absent: 'Waiting for you to join the server',
      failed: 'Refused by Discord; we are fixing it',
    },
    manageNote: 'Change your plan or card, see your invoices or cancel, on Stripe’s pages.',
    portal: 'Cards, invoices and cancellation on Stripe’s pages',
    fromPortal: 'Changes you made at Stripe show up here within seconds.',
    reload: 'Refresh',
    second: (plan: string) =>
      `You have a second subscription, ${plan}, and pay for both. Cancel the one that you do not need.`,
    manageSecond: 'Manage the second subscription',
    check: 'Check with Stripe again',
    done: {
      changed: 'We checked with Stripe, and your subscription is up to date now.',
      unchanged: 'We checked with Stripe: nothing has changed.',
      going_on: 'Stripe is slow to respond. We keep checking; please reload this page in a minute.',
      too_soon: 'We checked less than a minute ago. Please wait a moment.',
      no_payment:
        'We found no payment for this Discord account. If you have paid, you may have used another Discord account.',
      join_done: 'You are on the server now. Your role follows within seconds.',
      join_failed: 'Discord could not add you to the server.',
    },
    messages: 'Messages from Moddy',
    noMessages: 'None yet.',
    outcome: (name: string | null) => outcome[name ?? ''] ?? 'Not delivered',
    /** By what changed, or else by the action. */
    notices: {
      cancellation_scheduled: (plan) => `${plan} will end after the period you paid for`,
      cancellation_withdrawn: (plan) => `${plan} continues: the cancellation was withdrawn`,
      interval_changed: (plan) => `The billing of ${plan} has changed`,
      payment_late: (plan) => `The payment for ${plan} did not go through`,
      payment_recovered: (plan) => `The payment for ${plan} has arrived`,
      resumed: (plan) => `${plan} is active again`,
      renewal_soon: (plan) => `${plan} renews soon`,
      trial_ending: (plan) => `Your free trial of ${plan} ends soon`,
      granted: (plan) => `${plan} was given to you`,
      grant_ended: () => 'The plan that was given to you has ended',
      subscription_created: (plan) => `${plan} is active`,
      subscription_cancelled: () => 'Your subscription has ended',
      plan_upgraded: (plan) => `Your plan is now ${plan}`,
      plan_downgraded: (plan) => `Your plan is now ${plan}`,
    } as Readonly<Record<string, (plan: string) => string>>,
    otherNotice: (plan: string) => `${plan} was updated`,
    privacy: 'My data',
    privacyNote: 'Download everything we know about you, or delete it.',
    export: 'Download my data',
    delete: 'Delete my account',
  },

  delete: {
    title: 'Delete my account',
    lead: 'This cannot be undone.',
    consequences: [
      'Your subscription ends immediately. Payments you have made are not refunded automatically.',
      'You lose your role on Discord, and Moddy sends you one last message.',
      'Your e-mail address, your Discord ID and your recorded activity are erased.',
      'Stripe keeps your invoices, and we keep their customer and subscription numbers, as the law requires.',
    ] as readonly string[],
    consequencesFree: [
      'Your e-mail address, your Discord ID and your recorded activity are erased.',
      'If you have paid in the past, Stripe keeps your invoices, and we keep their numbers, as the law requires.',
    ] as readonly string[],
    foreign: (name: string) => `${name} is not part of Moddy: it continues, and you can cancel it where you bought it.`,
    foreignUnknown:
      'Stripe is not responding, so we cannot list anything else you have bought from us. Only your Moddy subscription is cancelled.',
    confirm: 'I want my account to be deleted',
    submit: 'Delete my account permanently',
    keep: 'Keep my account',
    doneTitle: 'Your account is being deleted',
    done: 'You are logged out on all devices. If you have a subscription, it ends now, and Moddy sends you one last message once it has. Your data is erased within minutes. If Stripe or Discord is slow, we keep trying until it is done. Goodbye, and thank you.',
  },

  faults: {
    not_found: ['Page not found', 'The address may be wrong, or the page may have moved.'],
    broken: [
      'Something went wrong',
      'This is our fault, and it has been logged. Please try again. If it happens again, send us the reference below.',
    ],
    unavailable: [
      'Back in a moment',
      'The site cannot reach its database right now. Nothing is lost. Please try again in a minute.',
    ],
    too_many: [
      'Too many attempts',
      'You have made a lot of attempts in a short time. Please wait a few minutes and try again.',
    ],
    too_large: ['Request too large', 'That is more than any form on this site sends.'],
    cross_site: [
      'This form came from another site',
      'For your safety, we ignore forms that were not sent from our own pages. Please open the page again and send it from there.',
    ],
    login_off: ['Login is not available', 'This site is not connected to Discord right now.'],
    login_denied: [
      'You did not log in',
      'No problem: nothing was shared and nothing was changed. You can log in whenever you like.',
    ],
    login_stale: [
      'This login has expired',
      'It was already used, was started in another browser, or took more than ten minutes. Please start again.',
    ],
    login_refused: ['Discord refused the login', 'The problem has been logged. Please try again in a few minutes.'],
    discord_down: [
      'Discord is not responding',
      'Discord seems to be having problems. Nothing was changed. Please try again in a few minutes.',
    ],
    being_deleted: [
      'Your account is being deleted',
      'You asked us to delete your account, and this takes a few minutes. After that, you can log in again and start over.',
    ],
    login_needed: ['Please log in', 'Log in with Discord to continue.'],
    session_expired: [
      'You are logged out',
      'Your session has expired, or your account is being deleted. Log in to continue.',
    ],
    other_account: [
      'This page belongs to another account',
      'You opened it with another Discord account than the one you are logged in with now. Nothing was changed. Please check your account and start again.',
    ],
    price_unknown: [
      'This price is not available',
      'It may have changed since you opened the page. Please see the current plans.',
    ],
    stripe_down: [
      'Stripe is not responding',
      'Nothing was paid and nothing was changed. Please try again in a few minutes.',
    ],
    no_customer: ['Nothing to manage yet', 'You have not bought anything here so far.'],
    not_confirmed: [
      'Please confirm',
      'Your account was not deleted. Tick the box to confirm that you want to delete it.',
    ],
  } as Readonly<Record<FaultKind, readonly [title: string, body: string]>>,
  reference: 'Reference',
};

export type Texts = typeof en;
