import type { User } from './lock-user.ts';

/** What stands for the Discord id of somebody who is forgotten; no Discord id looks like it. */
const ERASED = 'erased:';

export const erasedDiscordId = (userId: number): string => `${ERASED}${userId}`;

/** Their row is kept for accounting alone: nobody can be told or given anything. It never becomes a person again. */
export const isErased = ({ discordId }: Pick<User, 'discordId'>): boolean => discordId.startsWith(ERASED);

/** For `like`: every erased user. */
export const ERASED_PATTERN = `${ERASED}%`;
