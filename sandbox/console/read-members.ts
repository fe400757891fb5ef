import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { Asked } from './asked.ts';
import { offersTo } from './offers.ts';
import { colourOf, readConversation } from './read-conversation.ts';
import type { Held } from './read-subscriptions.ts';
import type { MemberView, PriceView } from './snapshot.ts';

const KEPT = 60;
/** For roles that have no colour of their own: legible on light and on dark. */
const COLOURS = ['#5865f2', '#1f9d6b', '#b5660c', '#c2336f', '#0e7f9c', '#7a5ae0'];

export interface Known {
  readonly asked: Asked;
  readonly plans: ReadonlyMap<string, string>;
  readonly subscriptions: ReadonlyMap<string, Held>;
  readonly prices: readonly PriceView[];
}

/** Everybody on the local Discord who is no bot: members first, then who is not on the server. */
export function readMembers(discord: SandboxDiscord, { asked, plans, subscriptions, prices }: Known): MemberView[] {
  const { users, members, roles } = discord.state();
  const ofMember = new Map(members.map((member) => [member.userId, member]));
  const names = new Map(users.map(({ id, username, globalName }) => [id, globalName ?? username]));
  const nameOf = (userId: string) => names.get(userId) ?? userId;
  const shown = roles.toSorted((a, b) => b.position - a.position);
  return users
    .filter(({ bot }) => !bot)
    .map((user) => {
      const member = ofMember.get(user.id);
      const seen = { discordId: user.id, isPresent: member !== undefined, dmsOpen: user.dmsOpen };
      const held = subscriptions.get(user.id);
      return {
        ...seen,
        name: nameOf(user.id),
        username: user.username,
        language: user.locale,
        roles: shown
          .filter(({ id }) => member?.roles.includes(id))
          .map(({ name, color, position }) => ({
            name,
            colour: color === 0 ? (COLOURS[position % COLOURS.length] ?? '') : colourOf(color),
          })),
        plan: plans.get(user.id) ?? null,
        subscription: held?.view ?? null,
        offers: offersTo(seen, held, prices),
        messages: readConversation(discord.directMessages(user.id), asked.by(user.id), nameOf),
      };
    })
    .toSorted((a, b) => Number(b.isPresent) - Number(a.isPresent))
    .slice(0, KEPT);
}
