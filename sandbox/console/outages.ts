import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import type { TcpProxy } from '../tcp-proxy.ts';

const SLOW_MS = 1_500;
/** A port of loopback on which nothing listens (IANA: tcpmux). */
const NOBODY = 1;

export const OUTAGES = ['slow-discord', 'discord-outage', 'stripe-outage', 'database-outage'] as const;
export type OutageName = (typeof OUTAGES)[number];

export type Outages = ReturnType<typeof createOutages>;

/** Stands between the backend and its database, which listens on `port`. */
export interface DatabaseProxy {
  readonly proxy: TcpProxy;
  readonly port: number;
}

export interface OutageDeps {
  readonly discord: SandboxDiscord | undefined;
  readonly stripe: SandboxStripe | undefined;
  readonly databaseProxy: DatabaseProxy | undefined;
}

/** Outages that a button starts and ends. */
export function createOutages({ discord, stripe, databaseProxy }: OutageDeps) {
  const outages: Readonly<Record<OutageName, Outage | undefined>> = {
    // Every call takes longer; the gateway is as quick as ever.
    'slow-discord':
      discord && switched(() => discord.fail({ path: '*', delayMs: SLOW_MS, times: Number.POSITIVE_INFINITY }).remove),
    'discord-outage': discord && {
      isOn: () => discord.state().outage,
      set: (on) => (on ? discord.startOutage() : discord.endOutage()),
    },
    // Its API only: webhooks still arrive.
    'stripe-outage':
      stripe &&
      switched(() => {
        stripe.outage();
        return () => stripe.faults.clear();
      }),
    'database-outage': databaseProxy && switched(() => cutOff(databaseProxy)),
  };
  return {
    /** False for a service that is not local. */
    has: (name: OutageName): boolean => outages[name] !== undefined,
    isOn: (name: OutageName): boolean => outages[name]?.isOn() ?? false,
    set: (name: OutageName, on: boolean) => outages[name]?.set(on),
  };
}

interface Outage {
  isOn(): boolean;
  set(on: boolean): void;
}

/** @param begin begins it, and answers what ends it */
function switched(begin: () => () => void): Outage {
  let end: (() => void) | undefined;
  return {
    isOn: () => end !== undefined,
    set: (on) => {
      if (on) end ??= begin();
      else {
        end?.();
        end = undefined;
      }
    },
  };
}

/** Open connections are reset and new ones too, until the end. */
function cutOff({ proxy, port }: DatabaseProxy): () => void {
  proxy.direct(NOBODY);
  proxy.halfOpen();
  proxy.giveUp();
  return () => proxy.direct(port);
}
