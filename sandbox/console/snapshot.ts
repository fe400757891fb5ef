/** What the page draws: everything at once, so that a page that missed something is right again with the next one. */

import type { RunState } from './supervised.ts';

export interface Snapshot {
  readonly services: readonly ServiceView[];
  /** Null: not local, so nothing of it can be shown or done here. */
  readonly discord: { readonly slow: boolean; readonly outage: boolean } | null;
  readonly stripe: { readonly prices: readonly PriceView[] } | null;
  readonly members: readonly MemberView[];
  readonly backend: BackendView;
  readonly events: readonly EventView[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export interface ServiceView {
  readonly service: 'bot' | 'backend' | 'discord' | 'stripe';
  readonly name: string;
  readonly state: RunState | 'remote' | 'slow' | 'outage';
  readonly detail: string;
  readonly controllable: boolean;
}

export interface PriceView {
  readonly price: string;
  readonly plan: string;
  readonly interval: string;
  readonly amount: number;
}

/** One thing that can be done to a member now: `POST /actions/<action>` with `body`. */
export interface Offer {
  readonly action: string;
  readonly label: string;
  readonly body: Readonly<Record<string, string>>;
  readonly tone: 'primary' | 'plain' | 'danger';
}

export interface MemberView {
  readonly discordId: string;
  readonly name: string;
  readonly username: string;
  readonly language: string;
  readonly isPresent: boolean;
  readonly dmsOpen: boolean;
  readonly roles: readonly { readonly name: string; readonly colour: string }[];
  /** The plan the backend believes in; null while it knows nobody by this id. */
  readonly plan: string | null;
  /** In words: "active, renews 22 Dec 2026"; null without one. */
  readonly subscription: SubscriptionView | null;
  readonly offers: readonly Offer[];
  readonly messages: readonly MessageView[];
}

export interface SubscriptionView {
  readonly plan: string;
  readonly status: string;
  readonly interval: string;
  /** ISO 8601. */
  readonly periodEnd: string | null;
  readonly ends: boolean;
}

export interface MessageView {
  readonly messageId: string;
  readonly author: string;
  readonly isBot: boolean;
  /** Of an answer to a command: who used which. Only they see it. */
  readonly command: string | null;
  readonly at: string;
  readonly content: string;
  readonly embeds: readonly EmbedView[];
  readonly buttons: readonly { readonly label: string; readonly url: string }[];
}

export interface EmbedView {
  readonly title: string;
  readonly description: string;
  readonly colour: string;
  readonly footer: string;
  readonly fields: readonly { readonly name: string; readonly value: string; readonly inline: boolean }[];
}

export interface BackendView {
  /** Why deliveries cannot be shown; null when they can. */
  readonly silence: string | null;
  readonly counts: { readonly waiting: number; readonly done: number; readonly parked: number };
  readonly deliveries: readonly DeliveryView[];
}

export interface DeliveryView {
  readonly deliveryId: number;
  readonly discordId: string;
  readonly who: string;
  readonly kind: 'notify' | 'roles';
  readonly what: string;
  readonly state: 'waiting' | 'sending' | 'done' | 'parked';
  readonly attempts: number;
  readonly createdAt: string;
  readonly verdict: string;
}

export interface EventView {
  readonly key: string;
  readonly source: 'stripe' | 'discord';
  readonly type: string;
  /** How many more came with it. */
  readonly more: number;
  readonly who: string;
  readonly at: string;
  readonly state: 'received' | 'sending' | 'retrying' | 'failed';
  readonly attempts: number;
}
