import type { RecordedEvent } from './ledger.ts';
import type { Attempt } from './webhook-post.ts';

export interface Endpoint {
  url: string;
  secret: string;
  /** Event types, `*` or `customer.*`; everything by default. */
  events?: string[];
  /** Switched off by hand, or by Stripe after days of failures: listed, and nothing is sent to it, later neither. */
  disabled?: boolean;
  /** The API version of its events; the newest unless given. */
  apiVersion?: string;
}

export interface Delivery {
  id: string;
  event: RecordedEvent;
  endpoint: Endpoint;
  state: 'delivered' | 'dropped' | 'failed' | 'held' | 'pending';
  attempts: Attempt[];
}

export interface Retry {
  firstMs: number;
  maxMs: number;
  attempts: number;
}
