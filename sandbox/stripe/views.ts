import type { Delivery } from './delivery.ts';
import type { RecordedEvent } from './ledger.ts';

export const recorded = ({ id, type, created, livemode }: RecordedEvent) => ({ id, type, created, livemode });

/** A delivery with its attempts, the last answer first at hand. */
export const delivered = ({ id, event, endpoint, state, attempts }: Delivery) => ({
  id,
  event: recorded(event),
  url: endpoint.url,
  state,
  lastStatus: attempts.at(-1)?.status ?? null,
  attempts,
});
