import type { components as Backend } from '@moddy/generated/backend-internal/types';
import type { components } from '@moddy/generated/bot-internal/types';

type Schemas = components['schemas'];
export type UserAction = Schemas['UserAction'];
export type SubscriptionChange = Schemas['SubscriptionChange'];
export type BillingInterval = Schemas['BillingInterval'];
export type SubscriptionState = Backend['schemas']['SubscriptionState'];
export type NamedInterval = Exclude<BillingInterval, 'other'>;

/** The action of a message's one button; it leads to the page of the website for this action. */
export type Button = 'manage' | 'pay' | 'confirm' | 'finish' | 'resume' | 'keep' | 'plans';
export type DatedState = Exclude<SubscriptionState, 'lapsed' | 'unpaid' | 'paused' | 'other'>;

/** Billed every `count` intervals. */
export interface Billing {
  readonly interval: NamedInterval;
  readonly count: number;
}

export interface NoticeFacts {
  /** The plan's display name, if it has one that may be shown. */
  readonly plan: string | undefined;
  /** Undefined unless both the interval and how many of them are known. */
  readonly billing: Billing | undefined;
  /** The bank wants the customer to confirm a payment that is late. */
  readonly actionRequired: boolean;
  /** A Discord timestamp, which every reader sees in their own calendar. */
  readonly effectiveAt: string | undefined;
  /** The next charge, `€9.99`. */
  readonly price: string | undefined;
}

export interface Notice {
  readonly title: string;
  readonly description: string;
}

type NoticeText = (facts: NoticeFacts) => Notice;

/** Everything the bot says, in one language. A key that one language lacks is a type error. */
export interface Messages {
  readonly notices: Readonly<Record<Exclude<UserAction, 'subscription_updated'>, NoticeText>>;
  readonly changes: Readonly<Record<SubscriptionChange, NoticeText>>;
  readonly buttons: Readonly<Record<Button | 'join', string>>;
  readonly footer: (reference: string) => string;
  readonly commands: {
    readonly userinfo: { readonly name: string; readonly description: string };
    readonly userinfoUser: { readonly name: string; readonly description: string };
    readonly subscription: { readonly name: string; readonly description: string };
    readonly accountTitle: string;
    readonly otherAccountTitle: string;
    readonly noAccount: string;
    readonly noAccountOther: string;
    readonly notAllowed: string;
    readonly backendDown: string;
    readonly unknownCommand: string;
    readonly subscriptionTitle: string;
    readonly noSubscription: string;
    readonly noPlan: string;
    readonly fields: Readonly<
      Record<'discordId' | 'email' | 'createdAt' | 'updatedAt' | 'plan' | 'status' | 'interval', string>
    >;
    readonly state: Readonly<Record<SubscriptionState, string>>;
    /** The name of a state's date. */
    readonly date: Readonly<Record<DatedState, string>>;
    readonly billed: (billing: Billing) => string;
  };
}
