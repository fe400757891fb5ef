import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import type { Gateway } from './gateway.ts';

/** Cuts every connection as a broken network does: no close frame. */
export function drop(gateway: Gateway): void {
  for (const link of gateway.links) link.terminate();
}

/** Closes every connection with a code (Discord docs: Opcodes and Status Codes, Gateway Close Event Codes). */
export function closeWith(gateway: Gateway, code: number, reason = ''): void {
  for (const link of gateway.links) link.close(code, reason);
}

/** Asks every client to reconnect and resume (Discord docs: Gateway Events, Reconnect). */
export function askToReconnect(gateway: Gateway): void {
  for (const { link } of gateway.sessions.values()) link?.send({ op: GatewayOpcodes.Reconnect, d: null });
}

/** Asks every client for a heartbeat at once (Discord docs: Gateway, Heartbeat Requests). */
export function askForHeartbeat(gateway: Gateway): void {
  for (const { link } of gateway.sessions.values()) link?.send({ op: GatewayOpcodes.Heartbeat });
}

/** Discord docs: Gateway Events, Invalid Session. Without `resumable` the session is forgotten. */
export function invalidateSessions(gateway: Gateway, resumable: boolean): void {
  for (const session of [...gateway.sessions.values()]) {
    session.invalidate(resumable);
    if (resumable) gateway.detach(session);
    else gateway.end(session);
  }
}

/** A dispatch and an opcode 9 that are JSON, but not what their names promise. */
export function sendMalformed(gateway: Gateway): void {
  for (const { link } of gateway.sessions.values()) {
    link?.sendText('{"op":0,"s":null,"t":"GUILD_MEMBER_ADD","d":null}');
    link?.sendText('{"op":9,"s":null,"t":null,"d":null}');
  }
}

/** Bytes that are no JSON at all. */
export function sendGarbage(gateway: Gateway): void {
  for (const { link } of gateway.sessions.values()) link?.sendText('{"op":0,');
}

/** As after a new token: the old one's connections end (Discord docs: Gateway Close Event Codes, 4004). */
export function endAllSessions(gateway: Gateway): void {
  closeWith(gateway, GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
  for (const session of [...gateway.sessions.values()]) gateway.end(session);
}
