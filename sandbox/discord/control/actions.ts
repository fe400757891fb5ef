import { Locale } from 'discord-api-types/v10';
import type { Controls } from './controls.ts';
import type { Fields } from './fields.ts';
import { given } from './fields.ts';
import { readLocale } from './read-locale.ts';

type Action = (fields: Fields) => unknown;

/** The controls that need no more than plain values, by the name of their route. */
export const actions = (discord: Controls): Record<string, Action> => ({
  advance: (f) => discord.advance(f.number('ms')),
  'add-user': (f) =>
    discord.addUser(
      given({
        id: f.optionalText('id'),
        username: f.optionalText('username'),
        globalName: f.optionalText('globalName'),
        email: f.optionalText('email'),
        locale: readLocale(f),
      }),
    ),
  'delete-user': (f) => discord.deleteUser(f.text('userId')),
  'set-locale': (f) => discord.setLocale(f.text('userId'), readLocale(f) ?? Locale.EnglishUS),
  'close-dms': (f) => discord.closeDms(f.text('userId'), f.optionalFlag('whenOpening')),
  'open-dms': (f) => discord.openDms(f.text('userId')),
  join: (f) => discord.join(f.text('userId'), f.optionalFlag('pending')),
  'pass-screening': (f) => discord.passScreening(f.text('userId')),
  leave: (f) => discord.leave(f.text('userId')),
  'set-member-roles': (f) => discord.setMemberRoles(f.text('userId'), f.texts('roles'), f.optionalText('by')),
  'add-role': (f) => discord.addRole(f.text('userId'), f.text('roleId'), f.optionalText('by')),
  'remove-role': (f) => discord.removeRole(f.text('userId'), f.text('roleId'), f.optionalText('by')),
  'edit-role': (f) =>
    discord.editRole(
      f.text('roleId'),
      given({
        name: f.optionalText('name'),
        position: f.optionalNumber('position'),
        permissions: f.optionalText('permissions'),
        managed: f.optionalFlag('managed'),
      }),
    ),
  'delete-role': (f) => discord.deleteRole(f.text('roleId')),
  'let-bot-manage-roles': (f) => discord.letBotManageRoles(f.flag('allowed')),
  'remove-bot': () => discord.removeBot(),
  'return-bot': () => discord.returnBot(),
  'set-guild-available': (f) => discord.setGuildAvailable(f.flag('available')),
  'post-message': (f) => discord.postMessage(f.text('channelId'), f.text('userId'), f.text('content')),
  'write-to-bot': (f) => discord.writeToBot(f.text('userId'), f.text('content')),
  'reset-token': (f) => ({ token: discord.resetToken(f.optionalText('token')) }),
  'set-privileged-intents': (f) =>
    discord.setPrivilegedIntents(
      given({
        guildMembers: f.optionalFlag('guildMembers'),
        guildPresences: f.optionalFlag('guildPresences'),
        messageContent: f.optionalFlag('messageContent'),
      }),
    ),
  'set-redirect-uris': (f) => discord.setRedirectUris(f.optionalTexts('uris') ?? null),
  'set-interactions-endpoint': (f) => discord.setInteractionsEndpoint(f.textOrNull('url')),
  'recheck-interactions-endpoint': async () => ({ kept: await discord.recheckInteractionsEndpoint() }),
  authorize: (f) => ({ location: discord.authorize(f.text('authorizeUrl'), f.textOrNull('userId')) }),
  'clear-faults': () => discord.clearFaults(),
  'start-outage': () => discord.startOutage(),
  'end-outage': () => discord.endOutage(),
  'set-gateway': (f) =>
    discord.setGateway(
      given({
        heartbeatIntervalMs: f.optionalNumber('heartbeatIntervalMs'),
        acknowledgeHeartbeats: f.optionalFlag('acknowledgeHeartbeats'),
        accepting: f.optionalFlag('accepting'),
        upgradeStatus: f.optionalNumber('upgradeStatus'),
        answerResume: f.optionalFlag('answerResume'),
        answerIdentify: f.optionalFlag('answerIdentify'),
        identifyCloseCode: f.optionalNumber('identifyCloseCode'),
        connectUrl: f.optionalText('connectUrl'),
        resumeUrl: f.optionalText('resumeUrl'),
        sessionStartsRemaining: f.optionalNumber('sessionStartsRemaining'),
        sessionStartsResetMs: f.optionalNumber('sessionStartsResetMs'),
        requestMembersWindowMs: f.optionalNumber('requestMembersWindowMs'),
        identifyWindowMs: f.optionalNumber('identifyWindowMs'),
      }),
    ),
  'drop-gateway': () => discord.dropGateway(),
  'close-gateway': (f) => discord.closeGateway(f.number('code')),
  'reconnect-gateway': () => discord.reconnectGateway(),
  'request-heartbeat': () => discord.requestHeartbeat(),
  'invalidate-sessions': (f) => discord.invalidateSessions(f.optionalFlag('resumable')),
  'acknowledge-heartbeats': (f) => discord.acknowledgeHeartbeats(f.flag('acknowledge')),
  'send-malformed-dispatch': () => discord.sendMalformedDispatch(),
  'send-garbage': () => discord.sendGarbage(),
});
