import type { DiscordEvent } from '@moddy/backend/events/store-events';

let count = 0;

/** An event of the bot as the backend stores it, each under a key of its own. */
export function nextEvent(type: string, discordId: string): DiscordEvent {
  count += 1;
  const metadata = { guild_id: '2', length: 12 };
  return { type, discordId, metadata, idempotencyKey: `bench-${count}`, requestHash: 'x'.repeat(64) };
}
