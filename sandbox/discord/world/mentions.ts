import type { APIMessage } from 'discord-api-types/v10';
import { AllowedMentionsTypes, PermissionFlagsBits } from 'discord-api-types/v10';
import type { MessageBody } from '../rest/message-body.ts';
import { can } from './permissions.ts';
import { userObject } from './user-objects.ts';
import type { User, World } from './world.ts';

type Mentions = Pick<APIMessage, 'mentions' | 'mention_roles' | 'mention_everyone'>;

/** Who is notified: what the text names and `allowed_mentions` admits; without it, all of it (Discord docs: Message, Allowed Mentions Object). */
export function mentionsIn(world: World, author: User, inGuild: boolean, body: MessageBody): Mentions {
  const { content, allowedMentions: allowed } = body;
  const admits = (kind: AllowedMentionsTypes, ids: string[] | undefined, id: string) =>
    !allowed || allowed.parse.includes(kind) || (ids?.includes(id) ?? false);
  const named = (pattern: RegExp) => [...new Set([...content.matchAll(pattern)].flatMap((match) => match[1] ?? []))];
  const users = named(/<@!?(\d+)>/g).filter((id) => admits(AllowedMentionsTypes.User, allowed?.users, id));
  const roles = named(/<@&(\d+)>/g).filter((id) => admits(AllowedMentionsTypes.Role, allowed?.roles, id));
  const everyone = /@(everyone|here)\b/.test(content) && admits(AllowedMentionsTypes.Everyone, undefined, '');
  return {
    mentions: users.flatMap((id) => world.users.get(id) ?? []).map(userObject),
    mention_roles: inGuild ? roles.filter((id) => world.guild.roles.has(id)) : [],
    mention_everyone: inGuild && everyone && can(world.guild, author.id, PermissionFlagsBits.MentionEveryone),
  };
}
