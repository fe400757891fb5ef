import { GatewayCloseCodes, GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import type { RawData, WebSocket } from 'ws';
import { applicationFlags } from '../world/application-object.ts';
import { guildCreateObject } from '../world/guild-objects.ts';
import { ownUserObject } from '../world/user-objects.ts';
import type { Gateway } from './gateway.ts';
import { areAllowed, areValid } from './intents.ts';
import { type Identity, parsePayload, readIdentify, readResume } from './payloads.ts';
import { requestMembers } from './request-members.ts';
import type { Link, Session } from './session.ts';

// Discord docs: Gateway, Rate Limiting (120 events per connection every 60 seconds) and Sending Events (4096 bytes).
const MAX_EVENTS = 120;
const EVENTS_WINDOW_MS = 60_000;
const MAX_BYTES = 4096;

/** One WebSocket, from HELLO to its close (Discord docs: Gateway, Connection Lifecycle). */
export function connect(gateway: Gateway, socket: WebSocket, query: URLSearchParams): void {
  const { world, behaviour } = gateway;
  const link: Link = {
    send: (payload) => socket.send(JSON.stringify(Object.assign({ s: null, t: null }, payload))),
    sendText: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
  let opened: Session | undefined;
  // An invalidated session no longer owns its connection, which may then resume or identify anew.
  const current = () => (opened?.link === link ? opened : undefined);
  let received = { since: Date.now(), count: 0 };
  // Real time, not the sandbox's clock: the client's heart beats in real time.
  let silence: NodeJS.Timeout | undefined;
  const expectHeartbeat = () => {
    clearTimeout(silence);
    // The session stays: its client is "forced to resume" (Discord docs: Gateway, Heartbeat Interval).
    silence = setTimeout(() => link.terminate(), behaviour.heartbeatIntervalMs * 1.5 + 5000);
  };

  const reject = (code: GatewayCloseCodes, reason: string) => {
    world.changes.emit({ type: 'gateway_refused', code });
    link.close(code, reason);
  };

  const identify = (d: unknown) => {
    gateway.counts.identifies += 1;
    world.changes.emit({ type: 'gateway_asked', op: 'identify' });
    if (behaviour.identifyCloseCode !== 0) return reject(behaviour.identifyCloseCode, 'As the sandbox was told.');
    if (!behaviour.answerIdentify) return;
    const identity = readIdentify(d);
    if (!identity) return reject(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
    if (current()) return reject(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
    if (identity.token !== world.token) return reject(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
    if (identity.shard && !(identity.shard[0] < identity.shard[1])) {
      return reject(GatewayCloseCodes.InvalidShard, 'Invalid shard.');
    }
    if (identity.notModelled)
      return reject(GatewayCloseCodes.UnknownError, `sandbox_not_modelled: ${identity.notModelled}`);
    if (!gateway.mayIdentify()) return link.send({ op: GatewayOpcodes.InvalidSession, d: false });
    if (!areValid(identity.intents)) return reject(GatewayCloseCodes.InvalidIntents, 'Invalid intent(s).');
    if (!areAllowed(world, identity.intents)) {
      return reject(GatewayCloseCodes.DisallowedIntents, 'Disallowed intent(s).');
    }
    const session = gateway.open(identity.intents, link);
    opened = session;
    welcome(gateway, session, identity);
    world.changes.emit({ type: 'gateway', state: 'identified', sessionId: session.id });
  };

  const resume = (d: unknown) => {
    gateway.counts.resumes += 1;
    world.changes.emit({ type: 'gateway_asked', op: 'resume' });
    if (!behaviour.answerResume) return;
    const asked = readResume(d);
    if (!asked) return reject(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
    if (current()) return reject(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
    if (asked.token !== world.token) return reject(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
    const found = gateway.sessions.get(asked.sessionId);
    if (!found) return link.send({ op: GatewayOpcodes.InvalidSession, d: false });
    if (!found.canReplayFrom(asked.seq)) return reject(GatewayCloseCodes.InvalidSeq, 'Invalid seq.');
    // The old connection may still look open to the server when its peer has given up on it.
    found.link?.terminate();
    opened = found;
    found.resume(link, asked.seq);
    gateway.countLive();
    world.changes.emit({ type: 'gateway', state: 'resumed', sessionId: found.id });
  };

  const receive = (raw: RawData) => {
    // A closing connection is no longer listened to.
    if (socket.readyState !== socket.OPEN) return;
    const text = raw.toString();
    if (Date.now() - received.since >= EVENTS_WINDOW_MS) received = { since: Date.now(), count: 0 };
    received.count += 1;
    if (received.count > MAX_EVENTS) return reject(GatewayCloseCodes.RateLimited, 'You are being rate limited.');
    const payload = Buffer.byteLength(text) > MAX_BYTES ? undefined : parsePayload(text);
    if (!payload) return reject(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
    const session = current();
    switch (payload.op) {
      case GatewayOpcodes.Heartbeat:
        expectHeartbeat();
        if (behaviour.acknowledgeHeartbeats) link.send({ op: GatewayOpcodes.HeartbeatAck });
        if (session) {
          const acknowledged = behaviour.acknowledgeHeartbeats;
          world.changes.emit({ type: 'heartbeat', sessionId: session.id, acknowledged });
        }
        return;
      case GatewayOpcodes.Identify:
        return identify(payload.d);
      case GatewayOpcodes.Resume:
        return resume(payload.d);
      case GatewayOpcodes.PresenceUpdate:
      case GatewayOpcodes.VoiceStateUpdate:
        if (!session) reject(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
        return;
      case GatewayOpcodes.RequestGuildMembers:
        if (!session) return reject(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
        return requestMembers(gateway, session, payload.d);
      default:
        return reject(GatewayCloseCodes.UnknownOpcode, 'Unknown opcode.');
    }
  };

  gateway.links.add(link);
  socket.on('message', receive);
  socket.on('error', () => socket.terminate());
  socket.on('close', (code) => {
    clearTimeout(silence);
    gateway.links.delete(link);
    const session = current();
    if (!session) return;
    // A client that leaves with 1000 or 1001 gives its session up (Discord docs: Gateway, Disconnections).
    if (code === 1000 || code === 1001) gateway.end(session);
    else gateway.detach(session);
  });
  if (query.has('compress') || query.get('encoding') === 'etf') {
    reject(GatewayCloseCodes.UnknownError, 'sandbox_not_modelled: compress, encoding etf');
    return;
  }
  if (query.has('v') && query.get('v') !== '10') {
    reject(GatewayCloseCodes.InvalidAPIVersion, 'Invalid API version.');
    return;
  }
  expectHeartbeat();
  link.send({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: behaviour.heartbeatIntervalMs } });
}

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
      resume_gateway_url: gateway.behaviour.resumeUrl || gateway.url(),
      ...(shard ? { shard } : {}),
      application: { id: world.applicationId, flags, flags_new: flags.toString() },
    },
  });
  if (!world.guild.botPresent) return;
  const guild = world.guild.available ? guildCreateObject(world) : { id: world.guild.id, unavailable: true as const };
  session.dispatch({ op: GatewayOpcodes.Dispatch, t: GatewayDispatchEvents.GuildCreate, d: guild });
}
