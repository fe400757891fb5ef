import { Locale } from 'discord-api-types/v10';
import { ControlError, type Fields } from '../discord/control/fields.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import type { Asked } from './asked.ts';
import { OUTAGES, type Outages } from './outages.ts';
import type { ServiceDeps } from './read-services.ts';
import { isOver, readSubscriptions } from './read-subscriptions.ts';

type Action = (fields: Fields) => unknown;

export interface ActionDeps extends ServiceDeps {
  readonly outages: Outages;
  readonly asked: Asked | undefined;
}

/** Everything the page can do, by the name of its route; what would touch a service that is not local is missing. */
export const actionsOf = ({ services, discord, stripe, outages, asked }: ActionDeps): Record<string, Action> => ({
  ...(discord && asked ? ofDiscord(discord, asked) : {}),
  ...(stripe ? ofStripe(stripe) : {}),
  'set-outage': (fields) => {
    const outage = fields.oneOf('outage', OUTAGES);
    if (outage === undefined || !outages.has(outage)) throw new ControlError('There is no such outage here.');
    outages.set(outage, fields.flag('on'));
  },
  'start-service': (fields) => services[serviceIn(fields)].start(),
  'stop-service': (fields) => services[serviceIn(fields)].stop(),
});

function serviceIn(fields: Fields): 'bot' | 'backend' {
  const service = fields.oneOf('service', ['bot', 'backend']);
  if (service === undefined) throw new ControlError('service is missing.');
  return service;
}

const ofDiscord = (discord: SandboxDiscord, asked: Asked): Record<string, Action> => {
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
  };
};

const ofStripe = (stripe: SandboxStripe): Record<string, Action> => {
  const who = (fields: Fields) => fields.text('discordId');
  return {
    /** A new subscription, or another price for the one that has not ended. */
    'choose-price': (fields) => {
      const discordId = who(fields);
      if (!/^\d{1,20}$/.test(discordId)) throw new ControlError('discordId must be 1 to 20 digits.');
      const price = fields.text('price');
      const held = readSubscriptions(stripe.books.named('test').ledger).get(discordId);
      if (held === undefined || isOver(held)) return void stripe.subscribe({ discordId, price });
      // Billed at once: whether the card works shows at once.
      stripe.changePrice(discordId, price, 'always_invoice');
    },
    'cancel-now': (fields) => void stripe.cancelNow(who(fields)),
    'cancel-at-period-end': (fields) => void stripe.cancelAtPeriodEnd(who(fields)),
    'undo-cancel': (fields) => void stripe.undoCancel(who(fields)),
    'fail-payment': (fields) => void stripe.failPayment(who(fields)),
    'recover-payment': (fields) => void stripe.recoverPayment(who(fields)),
  };
};
