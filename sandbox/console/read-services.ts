import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import type { OutageName, Outages } from './outages.ts';
import type { ActionButton, ServiceView } from './snapshot.ts';
import type { RunState, Supervised } from './supervised.ts';

export interface ServiceDeps {
  readonly services: { readonly bot: Supervised; readonly backend: Supervised };
  readonly discord: SandboxDiscord | undefined;
  readonly stripe: SandboxStripe | undefined;
}

/** @param silence why the console itself cannot read the database; null when it can */
export function readServices(
  { services, discord, stripe }: ServiceDeps,
  outages: Outages,
  silence: string | null,
): ServiceView[] {
  const { bot, backend } = services;
  // As Discord's members list shows it: online is who holds a connection to the gateway.
  const isConnected = discord?.sessions().some(({ connected }) => connected);
  const gateway = isConnected ? 'online' : 'offline at Discord';
  const outage = (name: OutageName, label: string): ActionButton[] => {
    const isOn = outages.isOn(name);
    return outages.has(name)
      ? [{ action: 'set-outage', label, tone: 'plain', isOffered: true, isOn, body: { outage: name, on: !isOn } }]
      : [];
  };
  const isSlow = outages.isOn('slow-discord');
  const isAway = outages.isOn('database-outage');
  return [
    {
      service: 'bot',
      name: 'Bot',
      state: bot.state,
      detail: bot.state === 'up' && discord ? gateway : DETAILS[bot.state],
      buttons: runButtons('bot', bot.state),
    },
    {
      service: 'backend',
      name: 'Backend',
      state: backend.state,
      detail: DETAILS[backend.state],
      buttons: runButtons('backend', backend.state),
    },
    {
      service: 'discord',
      name: 'Discord',
      ...(discord ? stateOf(outages.isOn('discord-outage'), isSlow) : REMOTE),
      buttons: [...outage('slow-discord', 'Slow Discord'), ...outage('discord-outage', 'Discord outage')],
    },
    {
      service: 'stripe',
      name: 'Stripe',
      ...(stripe ? stateOf(outages.isOn('stripe-outage')) : REMOTE),
      buttons: outage('stripe-outage', 'Stripe outage'),
    },
    {
      service: 'database',
      name: 'Database',
      ...(silence !== null && !isAway ? { state: 'outage', detail: 'not readable' } : stateOf(isAway)),
      buttons: outage('database-outage', 'Database outage'),
    },
  ];
}

const REMOTE = { state: 'remote', detail: 'the real one' } as const;

const stateOf = (isAway: boolean, isSlow = false): Pick<ServiceView, 'state' | 'detail'> => {
  if (isAway) return { state: 'outage', detail: 'outage' };
  return isSlow ? { state: 'slow', detail: 'slow' } : { state: 'up', detail: 'local' };
};

const runButtons = (service: 'bot' | 'backend', state: RunState): ActionButton[] => [
  {
    action: 'start-service',
    label: `Start the ${service}`,
    tone: 'primary',
    isOffered: state === 'down',
    body: { service },
  },
  {
    action: 'stop-service',
    label: `Stop the ${service}`,
    tone: 'plain',
    isOffered: state === 'up' || state === 'starting',
    body: { service },
  },
];

const DETAILS: Readonly<Record<RunState, string>> = {
  starting: 'starting',
  up: 'running',
  stopping: 'stopping',
  down: 'stopped',
};
