import type { Billing, Messages, NoticeFacts } from './texts.ts';

const billedEvery = ({ interval, count }: Billing) =>
  count === 1 ? `every ${interval}` : `every ${count} ${interval}s`;

const subscription = ({ plan }: NoticeFacts) =>
  plan === undefined ? 'Your subscription' : `Your **${plan}** subscription`;
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const before = ({ effectiveAt }: NoticeFacts) => (effectiveAt === undefined ? '' : ` before ${effectiveAt}`);
const lowerCase = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);
const billed = ({ billing }: NoticeFacts) => (billing === undefined ? '' : ` It is billed ${billedEvery(billing)}.`);
const on = ({ effectiveAt }: NoticeFacts) => (effectiveAt === undefined ? ' in a few days' : ` on ${effectiveAt}`);
const charged = ({ price }: NoticeFacts) => (price === undefined ? '' : ` You will be charged ${price}.`);
const asOf = ({ effectiveAt }: NoticeFacts) => (effectiveAt === undefined ? '' : ` Effective ${effectiveAt}.`);

const state = {
  active: 'Active',
  trial: 'Free trial',
  ending: 'Cancellation scheduled',
  collection_paused: 'Active, billing paused',
  late: 'Payment overdue',
  confirm: 'Payment to be confirmed',
  lapsed: 'Suspended, payment overdue',
  unpaid: 'Suspended, unpaid',
  paused: 'Paused',
  incomplete: 'First payment not finished',
  ended: 'Ended',
  other: 'Unknown',
} as const;

const date = {
  active: 'Renews',
  trial: 'Trial ends',
  ending: 'Ends',
  collection_paused: 'Billing resumes',
  late: 'Pay before',
  confirm: 'Confirm before',
  incomplete: 'Expires',
  ended: 'Ended',
} as const;

export const en: Messages = {
  notices: {
    subscription_created: (facts) => ({
      title: facts.plan === undefined ? 'Your subscription is active' : `Welcome to ${facts.plan}`,
      description: `${subscription(facts)} is active.${billed(facts)}${asOf(facts)} Thank you for supporting Moddy!`,
    }),
    subscription_cancelled: (facts) => ({
      title: 'Your subscription has ended',
      description: `${subscription(facts)} has ended.${asOf(facts)} Thank you for supporting Moddy. You are always welcome back.`,
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
        facts.billing === undefined
          ? `How often your subscription is billed has changed.${asOf(facts)}`
          : `${subscription(facts)} is now billed ${billedEvery(facts.billing)}.${asOf(facts)}`,
    }),
    payment_late: (facts) =>
      facts.actionRequired
        ? {
            title: 'Please confirm your payment',
            description: `Your bank wants you to confirm the payment for ${lowerCase(subscription(facts))}. To keep your plan, please confirm it${before(facts)}.`,
          }
        : {
            title: 'Your payment did not go through',
            description: `The payment for ${lowerCase(subscription(facts))} did not go through. To keep your plan, please pay${before(facts)}.`,
          },
    payment_recovered: (facts) => ({
      title: 'Payment received',
      description: `Your payment has arrived, and ${lowerCase(subscription(facts))} continues. Thank you!`,
    }),
    resumed: (facts) => ({
      title: 'Your subscription is back',
      description: `${subscription(facts)} is active again.${billed(facts)}${asOf(facts)} Welcome back!`,
    }),
    renewal_soon: (facts) => ({
      title: 'Your subscription renews soon',
      description: `${subscription(facts)} renews${on(facts)}.${charged(facts)} To change or cancel it, open your account before then.`,
    }),
    trial_ending: (facts) => ({
      title: 'Your free trial ends soon',
      description: `Your free trial${facts.plan === undefined ? '' : ` of **${facts.plan}**`} ends${on(facts)}.${charged(facts)} If you do not want to continue, cancel before then and you will not be charged.`,
    }),
    granted: (facts) => ({
      title: facts.plan === undefined ? 'A plan for you' : `${facts.plan} for you`,
      description: `The team has given you ${facts.plan === undefined ? 'a plan' : `the **${facts.plan}** plan`}${facts.effectiveAt === undefined ? '' : ` until ${facts.effectiveAt}`}. There is nothing to pay.`,
    }),
    grant_ended: (facts) => ({
      title: 'The plan you were given has ended',
      description: `The plan that the team gave you has ended.${facts.plan === undefined ? '' : ` You are now on the **${facts.plan}** plan.`} Thank you for being here.`,
    }),
    other: (facts) => ({
      title: 'Your subscription has changed',
      description: `${subscription(facts)} has been updated.${billed(facts)}${asOf(facts)}`,
    }),
  },
  buttons: {
    manage: 'Manage my subscription',
    pay: 'Pay now',
    confirm: 'Confirm the payment',
    finish: 'Finish the payment',
    resume: 'Resume my subscription',
    keep: 'Keep my subscription',
    plans: 'See the plans',
    join: 'Join the server',
  },
  footer: (reference) => `Moddy · ref. ${reference}`,
  commands: {
    userinfo: { name: 'userinfo', description: 'What Moddy knows about your account' },
    userinfoUser: { name: 'user', description: 'Another member (server managers only)' },
    subscription: { name: 'subscription', description: 'Your Moddy subscription' },
    accountTitle: 'Your account',
    otherAccountTitle: 'A member’s account',
    noAccount: 'You have no account on the website.',
    noAccountOther: 'This member has no account on the website.',
    notAllowed: 'You need the Manage Server permission to see another member’s account.',
    backendDown: 'Sorry, the website is not responding right now. Please try again in a few minutes.',
    unknownCommand: 'This command no longer exists. Reload Discord and try again.',
    subscriptionTitle: 'Your subscription',
    noSubscription: 'You have no subscription.',
    noPlan: 'none',
    fields: {
      discordId: 'Discord ID',
      email: 'Email',
      createdAt: 'Created on',
      updatedAt: 'Updated on',
      plan: 'Plan',
      status: 'Status',
      interval: 'Billing',
    },
    state,
    date,
    billed: (billing) => capital(billedEvery(billing)),
  },
};
