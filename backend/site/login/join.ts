import { BotClientError } from '@moddy/generated/bot-internal/client';
import type { SiteContext, SiteDeps } from '../context.ts';

/** How adding the user to the server ended; after `failed` the invite link is left. */
export type JoinOutcome = 'done' | 'failed';

/** Has the bot add the user to the server. Does not throw: after a failure the page offers the invite link. */
export async function joinServer(
  { bot, log }: Pick<SiteDeps, 'bot' | 'log'>,
  discordId: string,
  accessToken: string,
): Promise<JoinOutcome> {
  try {
    const { success, reason } = await bot.addMember({ discord_id: discordId, access_token: accessToken });
    log.info('member added', { discordId, outcome: success ? 'member' : (reason ?? 'other') });
    return success ? 'done' : 'failed';
  } catch (error) {
    const isOlder = error instanceof BotClientError && error.outcome === 'misconfigured';
    const detail = isOlder ? 'the bot is of an older version, or has another secret' : undefined;
    log.warn('a member could not be added', { discordId, error, detail });
    return 'failed';
  }
}

/**
 * The outcome of a join, undefined unless the visitor returns from Discord, and the target of "Join the server": first
 * Discord, then the invite link; undefined without either.
 */
export function joinOf(c: SiteContext, { site }: SiteDeps, back: 'account' | 'success') {
  const query = c.req.query('join');
  const outcome: JoinOutcome | undefined = query === 'done' || query === 'failed' ? query : undefined;
  return { outcome, url: site.joinOnLogin && outcome === undefined ? `/join?back=${back}` : site.inviteUrl };
}
