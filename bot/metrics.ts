import type { Metrics } from '@moddy/runtime/metrics/metrics';
import type { CallOutcome } from './discord/rest.ts';

export interface MeasuredParts {
  readonly gateway: { readonly fault: string | undefined; readonly heartbeatAckAgeMs: number | undefined };
  readonly events: { readonly waiting: number; readonly dropped: number };
  readonly rest: { readonly refusedSince: number | undefined };
}

/** Counts the calls of Discord's REST API; for `DiscordRest`. */
export function countDiscordCalls(metrics: Metrics): (outcome: CallOutcome) => void {
  const calls = metrics.counter('moddy_discord_calls_total', "Calls of Discord's REST API by outcome.", ['outcome']);
  return (outcome) => calls.inc({ outcome });
}

/** Adds what the bot shows of itself at `/metrics`. */
export function measureBot(metrics: Metrics, { gateway, events, rest }: MeasuredParts): void {
  metrics.gauge('moddy_gateway_up', '1 while the connection to the gateway is well.', () =>
    gateway.fault === undefined ? 1 : 0,
  );
  metrics.gauge('moddy_gateway_heartbeat_ack_age_seconds', 'Since the gateway last answered; nothing if never.', () =>
    gateway.heartbeatAckAgeMs === undefined ? undefined : gateway.heartbeatAckAgeMs / 1_000,
  );
  metrics.gauge('moddy_discord_token_refused', '1 while Discord refuses the bot token.', () =>
    rest.refusedSince === undefined ? 0 : 1,
  );
  metrics.gauge('moddy_events_waiting', 'Events that the backend has not taken yet.', () => events.waiting);
  metrics.gauge('moddy_events_dropped', 'Events lost since the start of this process.', () => events.dropped);
}
