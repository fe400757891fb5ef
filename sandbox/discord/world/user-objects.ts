import type { APIUser } from 'discord-api-types/v10';
import { NO_FLAGS } from './no-flags.ts';
import type { User } from './records.ts';

/** The fields that any caller may see (Discord docs: User, User Object). Discriminator "0": the new usernames; bots keep four digits. */
export const userObject = (user: User): APIUser => ({
  id: user.id,
  username: user.username,
  discriminator: user.bot ? '0001' : '0',
  global_name: user.bot ? null : user.globalName,
  avatar: null,
  public_flags: NO_FLAGS,
  ...(user.bot ? { bot: true } : {}),
});

/** The fields that a user sees of its own account; the e-mail only with its scope (Discord docs: User, Get Current User; OAuth2 scopes). */
export const ownUserObject = (user: User, withEmail: boolean): APIUser => ({
  ...userObject(user),
  flags: NO_FLAGS,
  locale: user.locale,
  mfa_enabled: user.bot,
  ...(withEmail || user.bot ? { email: user.email, verified: user.verified } : {}),
});
