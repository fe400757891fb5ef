import type {
  APIUnavailableGuild,
  GatewayDispatchEvents,
  GatewayDispatchPayload,
  GatewayHelloData,
  GatewayOpcodes,
} from 'discord-api-types/v10';

type WithoutSequence<T> = T extends GatewayDispatchPayload ? Omit<T, 's'> : never;

/** An event before a session numbers it. */
export type Dispatch =
  | WithoutSequence<GatewayDispatchPayload>
  // In an outage of the guild (Discord docs: Gateway Events, Guild Create); discord-api-types lacks it.
  | { op: GatewayOpcodes.Dispatch; t: GatewayDispatchEvents.GuildCreate; d: APIUnavailableGuild };

/** A payload of the server, before `s` and `t` are filled up with null. */
export type Outgoing =
  | (Dispatch & { s: number })
  // Its payload is typed `never` by discord-api-types, though Discord sends one.
  | { op: GatewayOpcodes.Dispatch; t: GatewayDispatchEvents.Resumed; s: number; d: { _trace: string[] } }
  | { op: GatewayOpcodes.Hello; d: GatewayHelloData }
  | { op: GatewayOpcodes.HeartbeatAck }
  | { op: GatewayOpcodes.Heartbeat }
  | { op: GatewayOpcodes.Reconnect; d: null }
  | { op: GatewayOpcodes.InvalidSession; d: boolean };
