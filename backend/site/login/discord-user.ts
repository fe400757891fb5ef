/** What Discord returns about a user who logs in, with `identify email`. */
export interface DiscordUser {
  readonly discordId: string;
  readonly name: string;
  /** Null unless Discord verified it: an unverified one may be another user's. */
  readonly email: string | null;
  readonly locale: string | null;
}

/** Discord's own limit is 32; what comes from outside gets one of ours. */
const MAX_TEXT = 320;

/** Reads `GET /users/@me`; undefined when it is not a user. */
export function readDiscordUser(user: unknown): DiscordUser | undefined {
  if (typeof user !== 'object' || user === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(user));
  const text = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : null;
  };
  const discordId = text('id');
  if (discordId === null || !/^[0-9]{1,20}$/.test(discordId)) return undefined;
  return {
    discordId,
    name: text('global_name') ?? text('username') ?? discordId,
    email: fields.get('verified') === true ? text('email') : null,
    locale: text('locale'),
  };
}
