import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { applicationFlags } from '../world/application-object.ts';
import { guildCreateObject } from '../world/guild-objects.ts';
import { ownUserObject } from '../world/user-objects.ts';
import type { Gateway } from './gateway.ts';
import type { Identity } from './payloads.ts';
import type { Session } from './session.ts';

/** READY, in which the guild is still unavailable, then the guild (Discord docs: Gateway Events, Ready and Guild Create). */
export function welcome(gateway: Gateway, session: Session, { shard }: Identity): void {
  const { world } = gateway;
  const flags = applicationFlags(world);
  session.dispatch({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.Ready,
    d: {
      v: 10,
      user: ownUserObject(world.bot, true),
      guilds: world.guild.botPresent ? [{ id: world.guild.id, unavailable: true }] : [],
      session_id: session.id,
      resume_gateway_url: gateway.url(),
      ...(shard ? { shard } : {}),
      application: { id: world.applicationId, flags, flags_new: flags.toString() },
    },
  });
  if (!world.guild.botPresent) return;
  session.dispatch({ op: GatewayOpcodes.Dispatch, t: GatewayDispatchEvents.GuildCreate, d: guildCreateObject(world) });
}
