import { Locale } from 'discord-api-types/v10';
import { ControlError, type Fields } from '../discord/control/fields.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import type { Asked } from './asked.ts';
import type { ServiceDeps } from './read-services.ts';
import type { Slowness } from './slowness.ts';

type Action = (fields: Fields) => unknown;

export interface ActionDeps extends ServiceDeps {
  readonly slowness: Slowness | undefined;
  readonly asked: Asked | undefined;
}

/** Everything the page can do, by the name of its route; what would touch a service that is not local is missing. */
export const actionsOf = ({ services, discord, stripe, slowness, asked }: ActionDeps): Record<string, Action> => ({
  ...(discord && slowness && asked ? ofDiscord(discord, slowness, asked) : {}),
  ...(stripe ? ofStripe(stripe) : {}),
  'start-service': (fields) => services[serviceIn(fields)].start(),
  'stop-service': (fields) => services[serviceIn(fields)].stop(),
});

function serviceIn(fields: Fields): 'bot' | 'backend' {
  const service = fields.oneOf('service', ['bot', 'backend']);
  if (service === undefined) throw new ControlError('service is missing.');
  return service;
}

const ofDiscord = (discord: SandboxDiscord, slowness: Slowness, asked: Asked): Record<string, Action> => {
  const known = (fields: Fields): string => {
    const discordId = fields.text('discordId');
    if (discord.users().some(({ id, bot }) => id === discordId && !bot)) return discordId;
    throw new ControlError(`Nobody on the local Discord has the id ${discordId}.`);
  };
  return {
    join: (fields) => discord.join(known(fields)),
    leave: (fields) => discord.leave(known(fields)),
    'close-dms': (fields) => discord.closeDms(known(fields)),
    'type-command': (fields) => asked.ask(known(fields), fields.text('command')),
    'open-dms': (fields) => discord.openDms(known(fields)),
    'add-member': (fields) => {
      const name = fields.text('name').trim();
      if (name === '' || name.length > 32) throw new ControlError('A name has 1 to 32 characters.');
      const locale = fields.oneOf('language', [Locale.French, Locale.EnglishUS]) ?? Locale.EnglishUS;
      const username =
        name
          .toLowerCase()
          .normalize('NFKD')
          .replaceAll(/[^a-z0-9_.]/g, '') || 'member';
      const { id } = discord.addUser({ username, globalName: name, locale, email: `${username}@example.com` });
      discord.join(id);
      return { discordId: id };
    },
    'set-slow': (fields) => slowness.set(fields.flag('on')),
    'set-outage': (fields) => (fields.flag('on') ? discord.startOutage() : discord.endOutage()),
  };
};

const ofStripe = (stripe: SandboxStripe): Record<string, Action> => {
  const who = (fields: Fields) => fields.text('discordId');
  return {
    subscribe: (fields) => {
      if (!/^\d{1,20}$/.test(who(fields))) throw new ControlError('discordId must be 1 to 20 digits.');
      stripe.subscribe({ discordId: who(fields), price: fields.text('price') });
    },
    // At once on the bill: the change is then paid for, or refused, in front of everybody.
    'change-price': (fields) => void stripe.changePrice(who(fields), fields.text('price'), 'always_invoice'),
    'cancel-now': (fields) => void stripe.cancelNow(who(fields)),
    'cancel-at-period-end': (fields) => void stripe.cancelAtPeriodEnd(who(fields)),
    'undo-cancel': (fields) => void stripe.undoCancel(who(fields)),
    'fail-payment': (fields) => void stripe.failPayment(who(fields)),
    'recover-payment': (fields) => void stripe.recoverPayment(who(fields)),
  };
};
