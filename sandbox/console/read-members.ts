import type { SandboxDiscord } from '../discord/start-discord.ts';
import type { Asked } from './asked.ts';
import { offersTo } from './offers.ts';
import type { UserRow } from './read-backend.ts';
import { colourOf, readConversation } from './read-conversation.ts';
import type { Held } from './read-subscriptions.ts';
import type { MemberView, PriceView } from './snapshot.ts';

const KEPT = 200;
/** For roles that have no colour of their own: legible on light and on dark. */
const COLOURS = ['#5865f2', '#1f9d6b', '#b5660c', '#c2336f', '#0e7f9c', '#7a5ae0'];

export interface Known {
  readonly nameOf: (userId: string) => string;
  readonly asked: Asked;
  readonly stored: ReadonlyMap<string, UserRow>;
  /** In which the bot writes to whom it knows no language of. */
  readonly defaultLocale: string;
  readonly subscriptions: ReadonlyMap<string, Held>;
  readonly prices: readonly PriceView[];
}

/** Every user of the local Discord except bots, on the server or not; each keeps its place. */
export function readMembers(
  discord: SandboxDiscord,
  { nameOf, asked, stored, defaultLocale, subscriptions, prices }: Known,
): MemberView[] {
  const { users, members, roles } = discord.state();
  const ofMember = new Map(members.map((member) => [member.userId, member]));
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
        plan: stored.get(user.id)?.plan ?? null,
        languageNote: languageNote(
          user.locale,
          stored.get(user.id)?.locale ?? (asked.hasShownLanguage(user.id) ? user.locale : null),
          defaultLocale,
        ),
        subscription: held?.view ?? null,
        grantedUntil: stored.get(user.id)?.granted_until?.toISOString() ?? null,
        offers: offersTo(seen, held, prices),
        messages: readConversation(discord.directMessages(user.id), asked.by(user.id), nameOf),
      };
    })
    .slice(0, KEPT);
}

/** The languages that Moddy writes in. */
const LANGUAGES = ['fr', 'en'];
const nameOfLanguage = new Intl.DisplayNames('en', { type: 'language' });
const baseOf = (locale: string): string => locale.split('-')[0] ?? locale;

/** @param known the member's language as the services know it */
function languageNote(own: string, known: string | null, defaultLocale: string): string {
  const written = nameOfLanguage.of(defaultLocale);
  if (!LANGUAGES.includes(baseOf(own))) {
    return `Moddy has no texts in ${nameOfLanguage.of(own)} and writes in ${written}, its default.`;
  }
  if (baseOf(known ?? defaultLocale) === baseOf(own)) return '';
  return `Moddy writes in ${written}, its default: a bot sees a member’s language (${own}) only when they use a command or log in to the site.`;
}
