import type { World } from '../world/world.ts';
import type { Link } from './session.ts';
import { Session } from './session.ts';

export interface GatewayBehaviour {
  heartbeatIntervalMs: number;
  acknowledgeHeartbeats: boolean;
  /** Rejected connections are answered with `upgradeStatus`, as Discord's edge does in an outage. */
  accepting: boolean;
  /** The status of a rejected upgrade; 0 never answers it. */
  upgradeStatus: number;
  /** False: RESUME is read and never answered. */
  answerResume: boolean;
  /** False: IDENTIFY is read and never answered. */
  answerIdentify: boolean;
  /** Closes the connection of each IDENTIFY with this code (Discord docs: Gateway Close Event Codes); 0 never does. */
  identifyCloseCode: number;
  /** The addresses given to clients to connect and to resume; empty: this server's. */
  connectUrl: string;
  resumeUrl: string;
  /** The remaining session starts of the day (Discord docs: Gateway, Session Start Limit Object). */
  sessionStartsRemaining: number;
  sessionStartsResetMs: number;
  /** How often all of a guild's members may be requested; 0 is without limit. */
  requestMembersWindowMs: number;
  /** How often a session may be opened; Discord's own is once in 5 seconds, 0 is without limit. */
  identifyWindowMs: number;
}

/** All sessions of one bot: each sees every event its intents allow. */
export class Gateway {
  readonly sessions = new Map<string, Session>();
  /** Every open connection, identified or not. */
  readonly links = new Set<Link>();
  readonly behaviour: GatewayBehaviour = {
    heartbeatIntervalMs: 41_250,
    acknowledgeHeartbeats: true,
    accepting: true,
    upgradeStatus: 503,
    answerResume: true,
    answerIdentify: true,
    identifyCloseCode: 0,
    connectUrl: '',
    resumeUrl: '',
    sessionStartsRemaining: 1000,
    sessionStartsResetMs: 86_400_000,
    requestMembersWindowMs: 0,
    identifyWindowMs: 0,
  };
  /** The clients' requests since the start, and the most live sessions at one time. */
  readonly counts = { upgrades: 0, identifies: 0, resumes: 0, mostLive: 0 };
  #identifiedAt = Number.NEGATIVE_INFINITY;
  readonly world: World;
  readonly url: () => string;

  constructor(world: World, url: () => string) {
    this.world = world;
    this.url = url;
    world.dispatches.on((event) => {
      for (const session of this.sessions.values()) session.dispatch(event);
    });
  }

  /** Discord docs: Gateway, Identifying (maximum concurrency). */
  mayIdentify(): boolean {
    const now = this.world.clock.now();
    if (now - this.#identifiedAt < this.behaviour.identifyWindowMs) return false;
    this.#identifiedAt = now;
    return true;
  }

  open(intents: number, link: Link): Session {
    const session = new Session(this.world, intents, link);
    this.sessions.set(session.id, session);
    this.countLive();
    return session;
  }

  countLive(): void {
    const live = [...this.sessions.values()].filter(({ link }) => link !== undefined).length;
    this.counts.mostLive = Math.max(this.counts.mostLive, live);
  }

  detach(session: Session): void {
    session.detach(() => this.end(session));
    this.world.changes.emit({ type: 'gateway', state: 'disconnected', sessionId: session.id });
  }

  end(session: Session): void {
    session.end();
    if (!this.sessions.delete(session.id)) return;
    this.world.changes.emit({ type: 'gateway', state: 'invalidated', sessionId: session.id });
  }
}
