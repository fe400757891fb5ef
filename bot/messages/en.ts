import type { Messages, NoticeFacts } from './texts.ts';

const every = { day: 'every day', week: 'every week', month: 'every month', year: 'every year' } as const;

const subscription = ({ plan }: NoticeFacts) =>
  plan === undefined ? 'Your subscription' : `Your **${plan}** subscription`;
const lowerCase = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);
const billed = ({ interval }: NoticeFacts) => (interval === undefined ? '' : ` It is billed ${every[interval]}.`);
const asOf = ({ effectiveAt }: NoticeFacts) => (effectiveAt === undefined ? '' : ` Effective ${effectiveAt}.`);

const status = {
  active: 'active',
  trialing: 'on trial',
  past_due: 'payment late',
  unpaid: 'unpaid',
  paused: 'paused',
  incomplete: 'waiting for the first payment',
  incomplete_expired: 'expired',
  canceled: 'ended',
  other: 'unknown',
} as const;

export const en: Messages = {
  notices: {
    subscription_created: (facts) => ({
      title: facts.plan === undefined ? 'Your subscription is active' : `Welcome to ${facts.plan}`,
      description: `${subscription(facts)} is active.${billed(facts)}${asOf(facts)} Thank you for supporting Moddy!`,
    }),
    subscription_cancelled: (facts) => ({
      title: 'Your subscription has ended',
      description: `${subscription(facts)} has ended.${asOf(facts)} Thank you for supporting Moddy. You are welcome back any time.`,
    }),
    plan_upgraded: (facts) => ({
      title: facts.plan === undefined ? 'Your plan has been upgraded' : `You are now on ${facts.plan}`,
      description:
        facts.plan === undefined
          ? `You are now on a higher plan.${billed(facts)}${asOf(facts)} Thank you for supporting Moddy!`
          : `You are now on the **${facts.plan}** plan, with everything it includes.${billed(facts)}${asOf(facts)} Thank you for supporting Moddy!`,
    }),
    plan_downgraded: (facts) => ({
      title: facts.plan === undefined ? 'Your plan has changed' : `You are now on ${facts.plan}`,
      description:
        facts.plan === undefined
          ? `You have moved to another plan.${billed(facts)}${asOf(facts)} You can change it at any time.`
          : `You are now on the **${facts.plan}** plan.${billed(facts)}${asOf(facts)} You can change it at any time.`,
    }),
  },
  changes: {
    cancellation_scheduled: (facts) => ({
      title: 'Cancellation scheduled',
      description: `${subscription(facts)} will end ${facts.effectiveAt === undefined ? 'when the period you paid for is over' : `on ${facts.effectiveAt}`}. Until then, nothing changes.`,
    }),
    cancellation_withdrawn: (facts) => ({
      title: 'Your subscription continues',
      description: `${subscription(facts)} continues: the scheduled cancellation has been withdrawn. Thank you for staying!`,
    }),
    interval_changed: (facts) => ({
      title: 'Your billing has changed',
      description:
        facts.interval === undefined
          ? `How often your subscription is billed has changed.${asOf(facts)}`
          : `${subscription(facts)} is now billed ${every[facts.interval]}.${asOf(facts)}`,
    }),
    payment_late: (facts) => ({
      title: 'Your payment did not go through',
      description: `The payment for ${lowerCase(subscription(facts))} did not go through. To keep it, please check your payment method${facts.effectiveAt === undefined ? '' : ` before ${facts.effectiveAt}`}.`,
    }),
    payment_recovered: (facts) => ({
      title: 'Payment received',
      description: `${subscription(facts)} is all set again. Thank you!`,
    }),
    resumed: (facts) => ({
      title: 'Your subscription is back',
      description: `${subscription(facts)} is active again.${billed(facts)}${asOf(facts)} Welcome back!`,
    }),
    other: (facts) => ({
      title: 'Your subscription has changed',
      description: `${subscription(facts)} has been updated.${billed(facts)}${asOf(facts)}`,
    }),
  },
  manageSubscription: 'Manage my subscription',
  footer: (reference) => `Moddy · ref. ${reference}`,
  commands: {
    userinfo: { name: 'userinfo', description: 'What Moddy knows about your account' },
    userinfoUser: { name: 'user', description: 'Another member (only for those who manage the server)' },
    subscription: { name: 'subscription', description: 'Your Moddy subscription' },
    accountTitle: 'Your account',
    otherAccountTitle: 'A member’s account',
    noAccount: 'You have no account on the website.',
    noAccountOther: 'This member has no account on the website.',
    notAllowed: 'You need the permission to manage the server to see another member’s account.',
    backendDown: 'Sorry, the website does not answer at the moment. Please try again in a few minutes.',
    unknownCommand: 'This command no longer exists. Reload Discord and try again.',
    subscriptionTitle: 'Your subscription',
    noSubscription: 'You have no subscription.',
    noPlan: 'none',
    fields: {
      discordId: 'Discord ID',
      email: 'Email',
      createdAt: 'Created',
      updatedAt: 'Updated',
      plan: 'Plan',
      status: 'Status',
      interval: 'Billing',
      renews: 'Renews',
      ends: 'Ends',
    },
    status,
    interval: every,
  },
};
