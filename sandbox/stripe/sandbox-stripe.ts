import type { Books } from './books.ts';
import type { Change, Changes, LoggedRequest } from './changes.ts';
import type { Deliveries } from './deliveries.ts';
import type { Endpoint } from './delivery.ts';
import type { Fault, Faults } from './faults.ts';
import type { Order } from './order.ts';
import type { Scenarios } from './scenarios/scenarios.ts';

/** A running sandbox: the scenarios act on the account in test mode. */
export interface SandboxStripe extends Scenarios {
  url: string;
  apiKey: string;
  liveApiKey: string;
  otherApiKey: string;
  /** The secret of the first endpoint. */
  webhookSecret: string;
  /** The same account in live mode, and another account: what they emit goes to the same endpoints. */
  live: Scenarios;
  other: Scenarios;
  books: Books;
  deliveries: Deliveries;
  faults: Faults;
  requests: LoggedRequest[];
  changes: Changes;
  nowMs(): number;
  /** Moves the clock; renewals, retries, trial ends and scheduled ends happen on the way. */
  advance(ms: number): void;
  setWebhooks(endpoints: Endpoint[]): void;
  fail(fault: Fault): void;
  /** Total outage of the API: every connection is cut until `faults.clear()`. */
  outage(): void;
  /** Sends a recorded event once more. */
  resend(eventId: string): void;
  hold(): void;
  release(order?: Order): Promise<void>;
  onChange(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
}
