/** Every text of the site in English; `fr.ts` has the same shape, and the compiler sees to it. */
import type { FaultKind } from '../fault.ts';

const every: Readonly<Record<string, readonly [one: string, many: string]>> = {
  day: ['day', 'days'],
  week: ['week', 'weeks'],
  month: ['month', 'months'],
  year: ['year', 'years'],
};

const status: Readonly<Record<string, string>> = {
  active: 'Active',
  trialing: 'Trial',
  past_due: 'Payment late',
  unpaid: 'Unpaid',
  paused: 'Paused',
  incomplete: 'Awaiting first payment',
  incomplete_expired: 'Expired',
  canceled: 'Ended',
};

const outcome: Readonly<Record<string, string>> = {
  sent: 'Sent to your direct messages',
  dm_closed: 'Not delivered: your direct messages are closed',
  waiting: 'Waiting: sent as soon as you join the server',
  superseded: 'Not sent: a later message says more',
  no_mutual_guild: 'Not delivered: you share no server with Moddy',
  unknown_user: 'Not delivered: Discord does not know this account any more',
};

export const en = {
  code: 'en',
  languageName: 'English',
  otherLanguage: { code: 'fr', name: 'Français' },
  siteName: 'Moddy',
  skip: 'Skip to content',
  nav: {
    label: 'Main',
    plans: 'Plans',
    account: 'My account',
    login: 'Log in with Discord',
    loginShort: 'Log in',
    logout: 'Log out',
  },
  footer: { payments: 'Payments are made at Stripe; card numbers never reach us.', language: 'Language' },
  back: 'Back to the plans',
  tryAgain: 'Try again',

  plans: {
    title: 'Plans',
    headline: 'More Moddy on your Discord',
    lead: 'Choose a plan and pay at Stripe. Your role and a message from Moddy reach you on Discord within seconds.',
    heading: 'The plans',
    choose: (plan: string) => `Choose ${plan}`,
    billing: (plan: string) => `Billing of ${plan}`,
    yours: 'Your plan',
    manage: 'Manage my subscription',
    highest: 'The most complete',
    saves: (percent: number) => `Save ${percent}%`,
    none: 'No plan is for sale at the moment.',
    unavailable: 'The prices cannot be shown at the moment. Please come back in a few minutes.',
    example: {
      today: 'Today',
      title: (plan: string) => `Welcome to ${plan}`,
      text: (plan: string) => `Your ${plan} subscription is active. Thank you for supporting Moddy!`,
      role: 'Your role',
    },
    how: 'How it works',
    steps: [
      ['Log in with Discord', 'So that we know which account gets the role. We never post in your name.'],
      ['Pay at Stripe', 'By card, on Stripe’s own pages.'],
      ['Enjoy', 'Moddy gives you your role and tells you by direct message. Cancel whenever you like.'],
    ] as readonly (readonly [string, string])[],
    per: (interval: string, count: number) => {
      const [one, many] = every[interval] ?? [interval, interval];
      return count === 1 ? `per ${one}` : `every ${count} ${many}`;
    },
  },

  subscribe: {
    title: 'Your choice',
    lead: 'One last look before you pay.',
    plan: 'Plan',
    price: 'Price',
    account: 'Discord account',
    accountNote: 'This account gets the role. Not yours? Log out and log in with the right one.',
    renews: 'It renews by itself. You can cancel at any time and keep the plan until the end of what is paid.',
    pay: 'Continue to payment',
    payNote: 'You pay on Stripe’s page.',
    login: 'Log in with Discord to continue',
    loginNote: 'Discord tells us your id, your name, your language and your e-mail address. Nothing else.',
  },

  already: {
    title: 'You already have a subscription',
    same: (plan: string) => `${plan} is already yours: there is nothing more to pay.`,
    other: (has: string, chosen: string) =>
      `You have ${has}. To move to ${chosen}, change your subscription, so that you do not pay for two.`,
    manage: 'Change my subscription',
    account: 'See my account',
  },

  success: {
    title: (plan: string) => `You have ${plan}`,
    lead: 'Your payment has arrived. Thank you!',
    subscription: (plan: string) => `${plan} is active.`,
    role: {
      given: 'Your role is in place on Discord.',
      waiting: 'Your role arrives on Discord in a moment.',
      absent: 'You are not on the Discord server yet: your role will be given as soon as you join.',
      failed: 'Discord refused the role. We know about it and see to it; you need do nothing.',
    },
    message: {
      sent: 'Moddy has written to you.',
      waiting: 'Moddy writes to you in a moment.',
      rejected: 'Moddy could not write to you: your direct messages are closed.',
    },
    account: 'See my account',
  },
  waiting: {
    title: 'In a moment…',
    lead: 'Stripe is about to tell us of your payment. This page refreshes by itself.',
    longTitle: 'This takes longer than usual',
    long: 'We have not heard of a payment yet. If you have paid, nothing is lost: your plan starts by itself as soon as Stripe tells us, and Moddy writes to you. You may close this page.',
    again: 'Refresh now',
    stop: 'Stop refreshing this page',
  },
  cancelled: {
    title: 'Nothing was paid',
    lead: 'You left before paying, so you have no subscription and nothing was charged.',
  },

  account: {
    title: 'My account',
    discordId: 'Discord id',
    email: 'E-mail',
    noEmail: 'none',
    subscription: 'My subscription',
    plan: 'Plan',
    none: 'You have no subscription.',
    see: 'See the plans',
    status: (name: string) => status[name] ?? 'Unknown',
    statusLabel: 'Status',
    billing: 'Billing',
    interval: (interval: string | null) =>
      interval === null || !every[interval] ? '–' : `Every ${every[interval][0]}`,
    renews: 'Renews on',
    ends: 'Ends on',
    ended: 'Ended on',
    role: 'Role on Discord',
    roleShort: {
      given: 'In place',
      waiting: 'On its way',
      absent: 'Waiting for you to join the server',
      failed: 'Refused by Discord; we see to it',
    },
    late: 'Your last payment did not go through. Check your means of payment to keep your plan.',
    manage: 'Manage my subscription',
    manageNote: 'Change plan, card or billing, see invoices, cancel: at Stripe.',
    fromPortal: 'What you changed at Stripe shows here within seconds.',
    reload: 'Show the latest',
    messages: 'What Moddy told you',
    noMessages: 'Nothing yet.',
    outcome: (name: string | null) => outcome[name ?? ''] ?? 'Not delivered',
    notices: (action: string, change: string | null, plan: string): string => {
      switch (change) {
        case 'cancellation_scheduled':
          return `${plan} will end with the period that is paid`;
        case 'cancellation_withdrawn':
          return `${plan} goes on: the cancellation is withdrawn`;
        case 'interval_changed':
          return `${plan} is billed at another interval`;
        case 'payment_late':
          return `The payment of ${plan} did not go through`;
        case 'payment_recovered':
          return `The payment of ${plan} arrived`;
        case 'resumed':
          return `${plan} is active again`;
      }
      switch (action) {
        case 'subscription_created':
          return `${plan} is active`;
        case 'subscription_cancelled':
          return 'Your subscription has ended';
        case 'plan_upgraded':
        case 'plan_downgraded':
          return `Your plan is now ${plan}`;
        default:
          return `${plan} was updated`;
      }
    },
    privacy: 'My data',
    privacyNote: 'Everything we know about you, to keep or to end.',
    export: 'Download my data',
    delete: 'Delete my account',
  },

  delete: {
    title: 'Delete my account',
    lead: 'This cannot be undone.',
    consequences: [
      'Your subscription ends at once; what is already paid is not refunded by itself.',
      'Your role on Discord is taken back, and Moddy tells you so a last time.',
      'Your e-mail address, your Discord id and what we recorded of your activity are erased.',
      'Stripe keeps your invoices, and we keep their customer and subscription numbers: the law asks for it.',
    ] as readonly string[],
    consequencesFree: [
      'Your e-mail address, your Discord id and what we recorded of your activity are erased.',
      'If you paid in the past, Stripe keeps your invoices, and we keep their numbers: the law asks for it.',
    ] as readonly string[],
    confirm: 'I want my account to be deleted',
    submit: 'Delete my account for good',
    keep: 'Keep my account',
    doneTitle: 'Your account is deleted',
    done: 'Your subscription, if you had one, has ended. The last traces go once your role is taken back, within minutes. Goodbye, and thank you.',
  },

  faults: {
    not_found: ['This page does not exist', 'The address may be mistyped, or the page has moved.'],
    broken: [
      'Something broke on our side',
      'It has been noted. Please try again; if it happens again, tell us the reference below.',
    ],
    unavailable: [
      'We are back in a moment',
      'The site cannot reach its database just now. Nothing is lost; please try again in a minute.',
    ],
    too_many: [
      'A little too fast',
      'There were many attempts in a short time. Please wait a few minutes and try again.',
    ],
    too_large: ['Too much at once', 'What was sent is larger than anything this site asks for.'],
    cross_site: [
      'This did not come from our site',
      'For your safety we do nothing with a form that was sent from elsewhere. Open the page again and send it from there.',
    ],
    login_off: ['Log in is not available', 'This site is not connected to Discord at the moment.'],
    login_denied: [
      'You said no to Discord',
      'That is fine: nothing was shared and nothing was changed. You can log in whenever you like.',
    ],
    login_stale: [
      'This log-in has expired',
      'It was used already, was begun in another browser, or took more than ten minutes. Please begin again.',
    ],
    login_refused: ['Discord refused the log-in', 'It has been noted. Please try again in a few minutes.'],
    discord_down: [
      'Discord does not answer',
      'Discord seems to be having trouble. Nothing was changed; please try again in a few minutes.',
    ],
    login_needed: ['Please log in', 'This page is about your account: log in with Discord to see it.'],
    session_expired: ['Your session is over', 'Log in again to go on where you were.'],
    price_unknown: [
      'This price does not exist',
      'It may have changed since you opened the page. Have a look at the current plans.',
    ],
    stripe_down: [
      'Stripe does not answer',
      'Nothing was paid and nothing was changed. Please try again in a few minutes.',
    ],
    no_customer: ['There is nothing to manage yet', 'You have not bought anything here so far.'],
    not_confirmed: ['Please confirm', 'Your account was not deleted: tick the box to say that you mean it.'],
  } as Readonly<Record<FaultKind, readonly [title: string, body: string]>>,
  reference: 'Reference',
};

export type Texts = typeof en;
