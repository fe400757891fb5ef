import type { APIMessage } from 'discord-api-types/v10';
import type { AuditLogEntry, LoggedRequest } from './records.ts';

/** The changes that tests and the console can wait for. */
export type Change =
  | { type: 'message'; channelId: string; directUserId: string | null; message: APIMessage }
  | { type: 'message_edited'; channelId: string; directUserId: string | null; message: APIMessage }
  | { type: 'member_joined' | 'member_left' | 'user_changed'; userId: string }
  | { type: 'roles_changed'; userId: string; roles: string[]; entry: AuditLogEntry }
  | { type: 'request'; phase: 'received' | 'answered' | 'abandoned'; request: LoggedRequest }
  | { type: 'gateway'; state: 'identified' | 'resumed' | 'disconnected' | 'invalidated'; sessionId: string }
  | { type: 'gateway_refused'; code: number }
  | { type: 'gateway_connection_refused' }
  | { type: 'gateway_asked'; op: 'upgrade' | 'identify' | 'resume' }
  | { type: 'heartbeat'; sessionId: string; acknowledged: boolean }
  | {
      type: 'interaction';
      interactionId: string;
      state: 'created' | 'deferred' | 'answered' | 'edited' | 'followed_up' | 'failed';
    }
  | { type: 'commands_changed'; scope: string };
