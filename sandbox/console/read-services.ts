import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import type { ServiceView } from './snapshot.ts';
import type { RunState, Supervised } from './supervised.ts';

export interface ServiceDeps {
  readonly services: { readonly bot: Supervised; readonly backend: Supervised };
  readonly discord: SandboxDiscord | undefined;
  readonly stripe: SandboxStripe | undefined;
}

export function readServices({ services, discord, stripe }: ServiceDeps, isSlow: boolean): ServiceView[] {
  const { bot, backend } = services;
  const isConnected = discord?.sessions().some(({ connected }) => connected);
  // As Discord's members list says it: online is who holds a connection to the gateway.
  const gateway = isConnected ? 'online' : 'offline at Discord';
  return [
    {
      service: 'bot',
      name: 'Bot',
      state: bot.state,
      detail: bot.state === 'up' && discord ? gateway : DETAILS[bot.state],
      controllable: true,
    },
    { service: 'backend', name: 'Backend', state: backend.state, detail: DETAILS[backend.state], controllable: true },
    {
      service: 'discord',
      name: 'Discord',
      state: discord === undefined ? 'remote' : discord.state().outage ? 'outage' : isSlow ? 'slow' : 'up',
      detail: discord === undefined ? 'the real one' : 'local',
      controllable: false,
    },
    {
      service: 'stripe',
      name: 'Stripe',
      state: stripe === undefined ? 'remote' : 'up',
      detail: stripe === undefined ? 'the real one' : 'local',
      controllable: false,
    },
  ];
}

const DETAILS: Readonly<Record<RunState, string>> = {
  starting: 'starting',
  up: 'running',
  stopping: 'finishing what it has begun',
  down: 'stopped',
};
