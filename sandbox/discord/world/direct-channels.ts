import type { DirectChannel } from './records.ts';
import type { World } from './world.ts';

/** The same channel every time (Discord docs: User, Create DM). */
export function openDirectChannel(world: World, userId: string): DirectChannel {
  const open = directChannelOf(world, userId);
  if (open) return open;
  const channel = { id: world.nextId(), userId };
  world.directChannels.set(channel.id, channel);
  return channel;
}

export const directChannelOf = (world: World, userId: string): DirectChannel | undefined =>
  [...world.directChannels.values()].find((channel) => channel.userId === userId);
