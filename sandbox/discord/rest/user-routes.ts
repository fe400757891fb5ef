import type {
  RESTGetAPICurrentUserGuildsResult,
  RESTGetAPICurrentUserResult,
  RESTGetAPIUserResult,
  RESTPostAPICurrentUserCreateDMChannelResult,
} from 'discord-api-types/v10';
import type { RateLimits } from '../faults/rate-limits.ts';
import type { Grants } from '../oauth2/grants.ts';
import { bearer } from '../oauth2/token-routes.ts';
import { directChannelObject } from '../world/channel-objects.ts';
import { directChannelOf, openDirectChannel } from '../world/direct-channels.ts';
import { guildObject } from '../world/guild-objects.ts';
import { permissionsOf } from '../world/permissions.ts';
import { ownUserObject, userObject } from '../world/user-objects.ts';
import type { World } from '../world/world.ts';
import { cannotOpen, invalidRecipients, openingTooFast, unauthorized, unknownUser } from './discord-error.ts';
import type { App } from './env.ts';
import { readJson, reply } from './env.ts';
import { Form, pathId } from './form.ts';

/** Discord docs: User. */
export function userRoutes(app: App, world: World, limits: RateLimits, grants: Grants): void {
  app.get('/users/@me', (c) => {
    const header = c.req.header('authorization');
    if (!header?.startsWith('Bearer ')) return reply<RESTGetAPICurrentUserResult>(ownUserObject(world.bot, true));
    const grant = bearer(grants, header);
    const user = grant && world.users.get(grant.userId);
    const scopes = grant?.scope.split(' ') ?? [];
    if (!user || !scopes.includes('identify')) throw unauthorized();
    return reply<RESTGetAPICurrentUserResult>(ownUserObject(user, scopes.includes('email')));
  });

  app.post('/users/@me/channels', async (c) => {
    const form = new Form();
    const recipientId = form.snowflake(form.record(await readJson(c), 'body').recipient_id, 'recipient_id');
    form.finish();
    const recipient = recipientId ? world.users.get(recipientId) : undefined;
    if (!recipient || recipient.id === world.botId) throw invalidRecipients();
    // Discord sometimes rejects the channel itself, with 400 (issue 1905 of discord/discord-api-docs).
    if (!recipient.dmsOpen && recipient.rejectsWhenOpening) throw cannotOpen();
    const opened = directChannelOf(world, recipient.id);
    if (!opened && !limits.use('new direct channels', limits.settings.newDirectChannels).allowed)
      throw openingTooFast();
    const channel = opened ?? openDirectChannel(world, recipient.id);
    return reply<RESTPostAPICurrentUserCreateDMChannelResult>(directChannelObject(world, channel));
  });

  app.get('/users/@me/guilds', () => {
    const { id, name, icon, banner, features } = guildObject(world.guild);
    const permissions = permissionsOf(world.guild, world.botId).toString();
    const guild = { id, name, icon, banner: banner ?? null, owner: false, permissions, features };
    return reply<RESTGetAPICurrentUserGuildsResult>(world.guild.botPresent ? [guild] : []);
  });

  app.get('/users/:userId', (c) => {
    const user = world.users.get(pathId(c.req.param('userId'), 'user_id'));
    if (!user) throw unknownUser();
    return reply<RESTGetAPIUserResult>(userObject(user));
  });
}
