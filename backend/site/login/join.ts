import { BotClientError } from '@moddy/generated/bot-internal/client';
import type { SiteContext } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';

/** How adding the user to the server ended; after `failed` the invite link is left. */
export type JoinOutcome = 'done' | 'failed';

/** Has the bot add the user to the server. Does not throw: whatever the reason, there is the invite link. */
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

/** How the join of the visitor who comes back from Discord ended; undefined on any other visit. */
export function joinOutcomeOf(c: SiteContext): JoinOutcome | undefined {
  const outcome = c.req.query('join');
  return outcome === 'done' || outcome === 'failed' ? outcome : undefined;
}

/** Where "Join the server" leads: through Discord once, then to the invite link; undefined without either. */
export function joinUrl(
  { inviteUrl, joinOnLogin }: Pick<SiteDeps['site'], 'inviteUrl' | 'joinOnLogin'>,
  outcome: JoinOutcome | undefined,
  back: 'account' | 'success',
): string | undefined {
  return joinOnLogin && outcome === undefined ? `/join?back=${back}` : inviteUrl;
}
