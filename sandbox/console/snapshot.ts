/** The page's whole state in one object: a page that missed one snapshot is right again with the next. */

import type { Exchange } from '../wiretap.ts';
import type { RunState } from './supervised.ts';

export interface Snapshot {
  readonly services: readonly ServiceView[];
  /** False: the real one is used, of which nothing can be shown or done here. */
  readonly isDiscordLocal: boolean;
  readonly isStripeLocal: boolean;
  readonly members: readonly MemberView[];
  readonly backend: BackendView;
  readonly events: readonly EventView[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export interface ServiceView {
  readonly service: 'bot' | 'backend' | 'discord' | 'stripe' | 'database';
  readonly name: string;
  readonly state: RunState | 'remote' | 'slow' | 'outage';
  readonly detail: string;
  readonly buttons: readonly ActionButton[];
}

/** `POST /actions/<action>` with `body`. */
export interface ActionButton {
  readonly action: string;
  readonly label: string;
  readonly body: Readonly<Record<string, string | boolean>>;
  readonly tone: 'primary' | 'plain' | 'danger';
  /** False: it would do nothing now. */
  readonly isOffered: boolean;
  /** Only for a switch. */
  readonly isOn?: boolean;
}

export interface PriceView {
  readonly price: string;
  readonly plan: string;
  readonly interval: string;
  readonly amount: number;
}

export interface MemberView {
  readonly discordId: string;
  readonly name: string;
  readonly username: string;
  readonly language: string;
  readonly isPresent: boolean;
  readonly dmsOpen: boolean;
  readonly roles: readonly { readonly name: string; readonly colour: string }[];
  /** The plan that the backend has stored; null if it has no user with this id. */
  readonly plan: string | null;
  /** In words: "active, renews 22 Dec 2026"; null without one. */
  readonly subscription: SubscriptionView | null;
  /** ISO 8601, of the grant that the plan comes from; null without one. */
  readonly grantedUntil: string | null;
  /** Why Moddy writes to them in another language than theirs; empty if it does not. */
  readonly languageNote: string;
  readonly offers: readonly ActionButton[];
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
  /** For an answer to a command: the command and its user, who alone sees it. */
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
  /** Why the database cannot be shown; null when it can. */
  readonly silence: string | null;
  readonly counts: Readonly<Record<Exclude<DeliveryState, 'sending' | 'superseded'>, number>>;
  readonly deliveries: readonly DeliveryView[];
}

/**
 * `waiting`: for the user to join the server. `done`: sent, or applied. `refused`: the bot's verdict is final, and it is
 * not what was asked. `superseded`: a later delivery has replaced it.
 */
export type DeliveryState = 'pending' | 'sending' | 'waiting' | 'done' | 'refused' | 'superseded' | 'parked';

export interface DeliveryView {
  readonly deliveryId: number;
  readonly discordId: string;
  readonly who: string;
  readonly kind: 'notify' | 'roles';
  readonly what: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: string;
  readonly verdict: string;
  /** Calls that were seen: a row that is open is read again when there are more. */
  readonly calls: number;
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
  readonly calls: number;
}

/** The details of an opened row: `GET /deliveries/<id>` and `GET /events/<key>`. */
export interface DetailView {
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly parts: readonly {
    readonly title: string;
    /** JSON. */
    readonly payload: string;
    /** Why `calls` is empty, or what is not in it. */
    readonly note: string;
    readonly calls: readonly Exchange[];
  }[];
}
