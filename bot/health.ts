import type { components } from '@moddy/generated/bot-internal/types';
import { RetryLater } from '@moddy/runtime/errors';
import type { Logger } from '@moddy/runtime/log';
import type { Metrics } from '@moddy/runtime/metrics';
import type { Skew } from '@moddy/runtime/skew';
import { rejectionOf } from './discord/faults.ts';
import type { Guild, GuildReading } from './discord/guild.ts';
import { type CallOutcome, type DiscordRest, withDiscordDeadline } from './discord/rest.ts';
import { rejectionOfRole } from './discord/role-rules.ts';
import type { EventSender } from './events/event-sender.ts';
import type { Gateway } from './gateway/gateway.ts';

type Check = components['schemas']['HealthCheck'];

export interface HealthDeps {
  readonly rest: Pick<DiscordRest, 'rejectedSince' | 'pausedUntil'>;
  readonly guild: Pick<Guild, 'read'>;
  readonly gateway: Pick<Gateway, 'fault' | 'heartbeatAckAgeMs'>;
  readonly events: Pick<EventSender, 'detail' | 'isWell' | 'waiting' | 'dropped'>;
  readonly planRoles: ReadonlyMap<string, readonly string[]>;
  readonly guildMaxAgeMs: number;
  readonly skew: Pick<Skew, 'check'>;
}

export type Health = ReturnType<typeof createHealth>;

/** The caller of a health check waits. */
const GUILD_DEADLINE_MS = 3_000;
/** The bot is unusable while one of these fails; the other checks are for the operator. */
const VITAL = new Set(['gateway', 'token', 'guild']);

/** How the bot stands, looked up when asked. */
export function createHealth({ rest, guild, gateway, events, planRoles, guildMaxAgeMs, skew }: HealthDeps) {
  const startedAt = new Date();

  /** Plan roles that could not be given today, each with its reason; or why the guild cannot be read. */
  async function roleFaults(): Promise<readonly string[] | string> {
    let reading: GuildReading;
    try {
      reading = await withDiscordDeadline(GUILD_DEADLINE_MS, () => guild.read(guildMaxAgeMs));
    } catch (error) {
      if (rejectionOf(error) !== undefined)
        return 'the bot has no access to the guild: invite it, check DISCORD_GUILD_ID';
      return error instanceof RetryLater ? error.message : 'Discord answered something unexpected';
    }
    return [...planRoles].flatMap(([plan, roleIds]) =>
      roleIds.flatMap((roleId) => {
        const role = reading.roles.get(roleId);
        const why =
          role === undefined ? `the role ${roleId} does not exist` : rejectionOfRole(role, 'add', reading)?.why;
        return why === undefined ? [] : [`PLAN_ROLES ${plan}: ${why}`];
      }),
    );
  }

  return {
    async examine(): Promise<{ status: Check['status']; startedAt: Date; checks: Check[] }> {
      const differs = skew.check();
      const faults = await roleFaults();
      const checks = [
        check('gateway', gateway.fault),
        check('token', tokenFault(rest)),
        check('guild', typeof faults === 'string' ? faults : undefined),
        check('roles', typeof faults === 'string' ? undefined : faults.join('; ') || undefined),
        { ...check('events', events.isWell ? undefined : events.detail), detail: events.detail },
        ...(differs ? [differs] : []),
      ];
      const isWell = checks.every(({ name, status }) => status === 'healthy' || !VITAL.has(name));
      return { status: isWell ? 'healthy' : 'unhealthy', startedAt, checks };
    },
    /** Logs plan roles that cannot be given, by plan; for the start, when nobody reads health yet. */
    async logRoleFaults(log: Logger): Promise<void> {
      const faults = await roleFaults();
      if (typeof faults !== 'string' && faults.length > 0)
        log.error('roles of plans cannot be given', { detail: faults.join('; ') });
    },
    /** How many plan roles could not be given today; undefined while the guild cannot be read. */
    async countFaultyRoles(): Promise<number | undefined> {
      const faults = await roleFaults();
      return typeof faults === 'string' ? undefined : faults.length;
    },
  };
}

const check = (name: string, fault: string | undefined): Check =>
  fault === undefined ? { name, status: 'healthy' } : { name, status: 'unhealthy', detail: fault };

function tokenFault({ rejectedSince, pausedUntil }: HealthDeps['rest']): string | undefined {
  if (rejectedSince !== undefined) return `refused since ${iso(rejectedSince)}`;
  return pausedUntil === undefined ? undefined : `Discord wants no requests until ${iso(pausedUntil)}`;
}

const iso = (time: number): string => new Date(time).toISOString();

/** Counts the calls of Discord's REST API; for `DiscordRest`. */
export function countDiscordCalls(metrics: Metrics): (outcome: CallOutcome) => void {
  const calls = metrics.counter('moddy_discord_calls_total', "Calls of Discord's REST API by outcome.", [
    { outcome: 'ok' },
    { outcome: 'not_now' },
    { outcome: 'refused' },
    { outcome: 'failed' },
  ] satisfies { outcome: CallOutcome }[]);
  return (outcome) => calls.inc({ outcome });
}

/** Adds what the bot shows of itself at `/metrics`. */
export function measureBot(metrics: Metrics, health: Health, { gateway, events, rest }: HealthDeps): void {
  metrics.gauge('moddy_gateway_up', '1 while the connection to the gateway is well.', () =>
    gateway.fault === undefined ? 1 : 0,
  );
  metrics.gauge('moddy_gateway_heartbeat_ack_age_seconds', 'Since the gateway last answered; nothing if never.', () => {
    const ageMs = gateway.heartbeatAckAgeMs();
    return ageMs === undefined ? undefined : ageMs / 1_000;
  });
  metrics.gauge('moddy_discord_token_refused', '1 while Discord refuses the bot token.', () =>
    rest.rejectedSince === undefined ? 0 : 1,
  );
  metrics.gauge('moddy_discord_paused', '1 while Discord wants no requests of this token.', () =>
    rest.pausedUntil === undefined ? 0 : 1,
  );
  metrics.gauge('moddy_plan_roles_faulty', 'Roles of PLAN_ROLES that could not be given today.', () =>
    health.countFaultyRoles(),
  );
  metrics.gauge('moddy_events_waiting', 'Events that the backend has not taken yet.', () => events.waiting);
  metrics.gauge('moddy_events_dropped', 'Events lost since the start of this process.', () => events.dropped);
}
