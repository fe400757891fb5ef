import { setTimeout as delay } from 'node:timers/promises';
import { mulberry32 } from '../system/random.ts';
import type { Cluster } from './cluster.ts';
import type { Aftermath } from './scenario.ts';
import { entitledPlan } from './truth.ts';

const PRICES = ['price_moddy_pro_month', 'price_moddy_max_month', 'price_moddy_max_year'] as const;

/** Members who subscribe, change and cancel at random, one thing every `everyMs`, until stopped. */
export function startLoad(cluster: Cluster, { members = 20, everyMs = 60, seed = 1 } = {}) {
  const memberIds = addMembers(cluster, members);
  const random = mulberry32(seed);
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, cluster.signal]);
  let happenings = 0;
  const run = async () => {
    while (!signal.aborted) {
      const discordId = memberIds[Math.floor(random() * memberIds.length)] ?? '';
      const price = PRICES[Math.floor(random() * PRICES.length)] ?? PRICES[0];
      if (entitledPlan(cluster, discordId) === 'free') cluster.stripe.subscribe({ discordId, price });
      else if (random() < 0.3) cluster.stripe.cancelNow(discordId);
      else cluster.stripe.changePrice(discordId, price);
      happenings += 1;
      await delay(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    memberIds,
    /** Resolves with the members, and a note of how many things happened at Stripe. */
    stop: async (): Promise<Aftermath> => {
      stopping.abort();
      await running;
      return { memberIds, notes: [`happenings: ${happenings}`] };
    },
  };
}

/** New members of the guild. */
export function addMembers({ discord }: Cluster, count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    const { id } = discord.addUser();
    discord.join(id);
    return id;
  });
}
