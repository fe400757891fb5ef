import type { APIRole, APITextChannel, GuildMemberFlags, Locale } from 'discord-api-types/v10';

export interface User {
  id: string;
  username: string;
  globalName: string | null;
  locale: Locale;
  bot: boolean;
  email: string | null;
  verified: boolean;
  /** Whether members of a shared server may write to this user. */
  dmsOpen: boolean;
  /** Closed direct messages show when the channel is opened, not only when something is sent. */
  rejectsWhenOpening: boolean;
}

export interface Member {
  userId: string;
  roles: string[];
  nick: string | null;
  joinedAt: string;
  pending: boolean;
  flags: GuildMemberFlags;
}

export interface AuditLogEntry {
  id: string;
  actorId: string;
  targetId: string;
  added: string[];
  removed: string[];
  reason: string | null;
  at: string;
}

export interface Guild {
  id: string;
  name: string;
  ownerId: string;
  locale: Locale;
  botPresent: boolean;
  /** False in an outage of the guild. */
  available: boolean;
  roles: Map<string, APIRole>;
  members: Map<string, Member>;
  channels: Map<string, APITextChannel>;
  auditLog: AuditLogEntry[];
}

export interface DirectChannel {
  id: string;
  userId: string;
}

export interface LoggedRequest {
  method: string;
  path: string;
  /** Absent while unanswered, and for good when the fault was to never answer. */
  status?: number;
  at: string;
}
