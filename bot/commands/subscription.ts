import { billingOf, link, linkRow, linkTo } from '../messages/compose.ts';
import { planName } from '../messages/plan-name.ts';
import type { Button, DatedState, SubscriptionState } from '../messages/texts.ts';
import { timestamp } from '../messages/timestamp.ts';
import { type Account, type Command, findAccount } from './command.ts';
import { cardReply, field, textReply } from './reply.ts';

type Subscription = NonNullable<Account['subscription']>;

/** `/subscription`: the plan, its state and the date that matters, and the one button for what there is to do. */
export const subscription: Command = async (input) => {
  const { invocation, messages, websiteUrl, inviteUrl } = input;
  const account = await findAccount(input, invocation.discordId);
  const {
    backendDown,
    noSubscription,
    subscriptionTitle,
    noPlan,
    fields,
    state: states,
    date,
    billed,
  } = messages.commands;
  if (account === undefined) return textReply(backendDown);
  const buttonTo = (button: Button) =>
    linkRow([
      ...(websiteUrl === undefined ? [] : [linkTo(button, messages, websiteUrl)]),
      ...(inviteUrl === undefined ? [] : [link(messages.buttons.join, inviteUrl)]),
    ]);
  const plan = planName(account.plan);
  const current = account.subscription ?? undefined;
  if (plan === undefined && current === undefined) {
    return cardReply({ title: subscriptionTitle, description: noSubscription, fields: [], button: buttonTo('plans') });
  }
  const { state, at } = current === undefined ? { state: undefined, at: undefined } : stateOf(current);
  const billing = billingOf(current?.interval, current?.interval_count);
  return cardReply({
    title: subscriptionTitle,
    fields: [
      field(fields.plan, plan ?? noPlan),
      field(fields.status, state && states[state]),
      field(fields.interval, billing && billed(billing)),
      state !== undefined && isDated(state) ? field(date[state], timestamp(at)) : undefined,
    ],
    button: buttonTo(state === undefined ? 'plans' : BUTTONS[state]),
  });
};

/** The state as the website shows it; an older one says only Stripe's status. */
function stateOf(current: Subscription): { readonly state: SubscriptionState; readonly at: string | null | undefined } {
  if (current.state !== undefined) return { state: current.state, at: current.state_at };
  const goesOn = current.status === 'active' || current.status === 'trialing';
  const state = goesOn && current.cancel_at_period_end === true ? 'ending' : STATES[current.status];
  return { state, at: goesOn ? current.current_period_end : undefined };
}

const STATES: Readonly<Record<Subscription['status'], SubscriptionState>> = {
  active: 'active',
  trialing: 'trial',
  past_due: 'late',
  unpaid: 'unpaid',
  paused: 'paused',
  incomplete: 'incomplete',
  incomplete_expired: 'ended',
  canceled: 'ended',
  other: 'other',
};

const BUTTONS: Readonly<Record<SubscriptionState, Button>> = {
  active: 'manage',
  trial: 'manage',
  ending: 'keep',
  collection_paused: 'manage',
  late: 'pay',
  confirm: 'confirm',
  lapsed: 'pay',
  unpaid: 'pay',
  paused: 'resume',
  incomplete: 'finish',
  ended: 'plans',
  other: 'manage',
};

const isDated = (state: SubscriptionState): state is DatedState =>
  state !== 'lapsed' && state !== 'unpaid' && state !== 'paused' && state !== 'other';
