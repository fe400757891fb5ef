import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

/** The bot dies when Discord has the message but the bot not yet Discord's answer. */
const killedAfterMessage = (name: string, awayMs: number): Scenario => ({
  name,
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 5);
    for (const discordId of memberIds) {
      cluster.discord.fail({ method: 'POST', path: '/channels/:id/messages', applyEffect: true, end: 'hang' });
      cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      await cluster.discord.waitForDm(discordId, undefined, 10_000);
      await cluster.bot.kill('SIGKILL');
      cluster.discord.clearFaults();
      cluster.discord.advance(awayMs);
      await cluster.bot.start();
    }
    return { memberIds };
  },
});

export const killedInsideNonceWindow = killedAfterMessage(
  "kill -9 between the message and the bot's answer, back within Discord's nonce window",
  0,
);
export const killedOutsideNonceWindow = killedAfterMessage(
  "kill -9 between the message and the bot's answer, back an hour later",
  60 * 60 * 1_000,
);
