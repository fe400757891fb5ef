import type { RecordedEvent } from './ledger.ts';
import type { Attempt } from './webhook-post.ts';

export interface Endpoint {
  url: string;
  secret: string;
  /** Event types, `*` or `customer.*`; everything by default. */
  events?: string[];
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
