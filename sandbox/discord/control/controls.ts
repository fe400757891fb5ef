/** Everything a test or the console can do to a local Discord and read from it; longer than most, being the one list of it. */
import { randomBytes } from 'node:crypto';
import type { APIMessage, Locale } from 'discord-api-types/v10';
import type { Fault, Faults } from '../faults/faults.ts';
import type { RateLimitSettings, RateLimits } from '../faults/rate-limits.ts';
import * as disturb from '../gateway/disturb.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { OptionValues } from '../interactions/command-options.ts';
import type { Interactions, InvokeOptions } from '../interactions/interactions.ts';
import type { Invocation } from '../interactions/invocation.ts';
import { decide, readAuthorization } from '../oauth2/authorize.ts';
import type { Grants } from '../oauth2/grants.ts';
import { readMessageBody } from '../rest/message-body.ts';
import type { Change } from '../world/changes.ts';
import { openDirectChannel } from '../world/direct-channels.ts';
import * as guildChanges from '../world/guild-changes.ts';
import { join, leave, passScreening, setRoles } from '../world/members.ts';
import { messageObject, postMessage } from '../world/messages.ts';
import type { User } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { directMessages, waitForAnswer, waitForDm, waitForRoles, waitUntil } from './wait.ts';

export interface ControlDeps {
  world: World;
  gateway: Gateway;
  faults: Faults;
  limits: RateLimits;
  interactions: Interactions;
  grants: Grants;
}

export type NewUser = Partial<Omit<User, 'bot'>>;

export type Controls = ReturnType<typeof controls>;

export function controls({ world, gateway, faults, limits, interactions, grants }: ControlDeps) {
  const user = (userId: string): User => {
    const found = world.users.get(userId);
    if (!found) throw new Error(`No user ${userId}.`);
    return found;
  };
  const member = (userId: string) => {
    const found = world.guild.members.get(userId);
    if (!found) throw new Error(`No member ${userId}.`);
    return found;
  };
  const change = (userId: string, fields: Partial<User>) => {
    Object.assign(user(userId), fields);
    world.changes.emit({ type: 'user_changed', userId });
  };
  const write = (channelId: string, authorId: string, content: string): APIMessage => {
    const message = messageObject(world, channelId, user(authorId), readMessageBody({ content }));
    postMessage(world, message);
    return message;
  };

  return {
    /** Moves the sandbox's clock, and runs everything that falls due on the way. */
    advance: (ms: number): void => world.clock.advance(ms),
    now: (): number => world.clock.now(),

    addUser(fields: NewUser = {}): User {
      const id = fields.id ?? world.nextId();
      const username = fields.username ?? `user${id}`;
      const seeded = user(world.guild.ownerId);
      const email = `${username}@example.com`;
      const added = { ...seeded, globalName: username, email, dmsOpen: true, ...fields, id, username };
      world.users.set(id, added);
      return added;
    },
    /** Deletes the account: nobody by this id any more. */
    deleteUser(userId: string): void {
      leave(world, userId);
      world.users.delete(userId);
    },
    setLocale: (userId: string, locale: Locale): void => change(userId, { locale }),
    /** Rejected when a message is sent or, as Discord at times does, already when the channel is opened. */
    closeDms: (userId: string, whenOpening = false): void =>
      change(userId, { dmsOpen: false, rejectsWhenOpening: whenOpening }),
    openDms: (userId: string): void => change(userId, { dmsOpen: true, rejectsWhenOpening: false }),
    /** `pending`: the server has membership screening, which the member has not passed yet. */
    join: (userId: string, pending = false): void => void join(world, userId, pending),
    passScreening: (userId: string): void => passScreening(world, member(userId)),
    leave: (userId: string): void => leave(world, userId),
    /** As another moderator (the owner unless given) would, without regard to the bot's rank. */
    setMemberRoles: (userId: string, roles: string[], by = world.guild.ownerId): void =>
      setRoles(world, member(userId), roles, by, null),
    addRole: (userId: string, roleId: string, by = world.guild.ownerId): void =>
      setRoles(world, member(userId), [...member(userId).roles, roleId], by, null),
    removeRole: (userId: string, roleId: string, by = world.guild.ownerId): void => {
      const left = member(userId).roles.filter((id) => id !== roleId);
      setRoles(world, member(userId), left, by, null);
    },
    editRole: (roleId: string, fields: Parameters<typeof guildChanges.editRole>[2]): void =>
      guildChanges.editRole(world, roleId, fields),
    deleteRole: (roleId: string): void => guildChanges.deleteRole(world, roleId),
    letBotManageRoles: (allowed: boolean): void => guildChanges.letBotManageRoles(world, allowed),
    removeBot: (): void => guildChanges.removeBot(world),
    returnBot: (): void => guildChanges.returnBot(world),
    setGuildAvailable: (available: boolean): void => guildChanges.setGuildAvailable(world, available),
    /** In the server's channel, as a member. */
    postMessage: (channelId: string, userId: string, content: string): APIMessage => write(channelId, userId, content),
    /** From a user to the bot. */
    writeToBot: (userId: string, content: string): APIMessage =>
      write(openDirectChannel(world, userId).id, userId, content),

    /** A new token; the old one is worthless at once, also on the gateway. Answers it. */
    resetToken(token = `sandbox-${randomBytes(8).toString('hex')}`): string {
      world.token = token;
      disturb.endAllSessions(gateway);
      return token;
    },
    /** The developer portal's switches; they count for the next IDENTIFY. */
    setPrivilegedIntents: (switches: Partial<World['privileged']>): void =>
      void Object.assign(world.privileged, switches),

    /** Runs a registered command as a user; the answer comes with `waitForAnswer`. */
    invokeCommand: (userId: string, name: string, values?: OptionValues, options?: InvokeOptions): Invocation =>
      interactions.invoke(userId, name, values, options),
    waitForAnswer: (invocation: Invocation, timeoutMs?: number) => waitForAnswer(world, invocation, timeoutMs),
    setInteractionsEndpoint: (url: string | null): Promise<void> => interactions.setEndpoint(url),
    recheckInteractionsEndpoint: (): Promise<boolean> => interactions.recheckEndpoint(),

    /** Presses the button of the consent page as a browser would, and returns the URL of the redirect; null presses Cancel. */
    authorize: (authorizeUrl: string, userId: string | null): string =>
      decide(world, grants, readAuthorization(world, new URL(authorizeUrl).searchParams), userId),
    /** An access token as the authorization of `scope` would give it to the website. */
    accessToken(userId: string, scope: string): string {
      const grant = grants.exchangeCode(grants.issueCode(userId, { redirectUri: '', scope }), '', undefined);
      if (!grant) throw new Error('No grant.');
      return grant.accessToken;
    },
    setRedirectUris: (uris: string[] | null): void => {
      world.redirectUris = uris;
    },

    fail: (fault: Fault) => faults.add(fault),
    clearFaults: (): void => faults.clear(),
    setRateLimits: (settings: Partial<RateLimitSettings>): void => limits.set(settings),
    /** An edge in front of REST answers every call with this; undefined takes it away. The gateway goes on. */
    setRestEdge: (answer: Fault['answer']): void => {
      faults.edge = answer;
    },
    /** REST answers 503; the gateway's connections break and new ones fail. */
    startOutage(): void {
      faults.outage = true;
      gateway.behaviour.accepting = false;
      disturb.drop(gateway);
    },
    endOutage(): void {
      faults.outage = false;
      gateway.behaviour.accepting = true;
    },
    setGateway: (behaviour: Partial<Gateway['behaviour']>): void => void Object.assign(gateway.behaviour, behaviour),
    dropGateway: (): void => disturb.drop(gateway),
    closeGateway: (code: number): void => disturb.closeWith(gateway, code),
    reconnectGateway: (): void => disturb.askToReconnect(gateway),
    requestHeartbeat: (): void => disturb.askForHeartbeat(gateway),
    invalidateSessions: (resumable = false): void => disturb.invalidateSessions(gateway, resumable),
    acknowledgeHeartbeats: (acknowledge: boolean): void => {
      gateway.behaviour.acknowledgeHeartbeats = acknowledge;
    },
    sendMalformedDispatch: (): void => disturb.sendMalformed(gateway),
    sendGarbage: (): void => disturb.sendGarbage(gateway),

    directMessages: (userId: string): APIMessage[] => [...directMessages(world, userId)],
    channelMessages: (channelId: string): APIMessage[] => [...(world.messages.get(channelId) ?? [])],
    rolesOf: (userId: string): string[] => [...member(userId).roles],
    isMember: (userId: string): boolean => world.guild.members.has(userId),
    users: (): User[] => [...world.users.values()],
    members: () => [...world.guild.members.values()].map((each) => ({ ...each, roles: [...each.roles] })),
    roles: () => [...world.guild.roles.values()],
    auditLog: () => [...world.guild.auditLog],
    requests: () => [...world.requests],
    activeFaults: () => faults.active(),
    commands: (scope = world.guild.id) => [...(world.commands.get(scope)?.values() ?? [])],
    sessions: () =>
      [...gateway.sessions.values()].map(({ id, intents, seq, link }) => ({ id, intents, seq, connected: !!link })),

    /** Upgrades, IDENTIFYs and RESUMEs since the start, and the most sessions that were live at one time. */
    gatewayCounts: () => ({ ...gateway.counts }),

    /** One picture of it all, for the console. */
    state: () => ({
      now: world.clock.iso(),
      outage: faults.outage,
      botPresent: world.guild.botPresent,
      privilegedIntents: { ...world.privileged },
      interactionsEndpointUrl: world.interactionsEndpointUrl,
      gateway: { ...gateway.behaviour },
      rateLimits: limits.settings,
      users: [...world.users.values()],
      members: [...world.guild.members.values()],
      roles: [...world.guild.roles.values()],
      channels: [...world.guild.channels.values()],
      directChannels: [...world.directChannels.values()],
      faults: faults.active(),
    }),

    on: (listener: (change: Change) => void): (() => void) => world.changes.on(listener),
    /** The next change that matches. */
    waitFor: (matches: (change: Change) => boolean, timeoutMs?: number): Promise<Change> =>
      waitUntil(world, 'a change', (each) => (each && matches(each) ? each : undefined), timeoutMs),
    waitForDm: (userId: string, matches?: (message: APIMessage) => boolean, timeoutMs?: number) =>
      waitForDm(world, userId, matches, timeoutMs),
    waitForRoles: (userId: string, matches: (roles: string[]) => boolean, timeoutMs?: number) =>
      waitForRoles(world, userId, matches, timeoutMs),
  };
}
