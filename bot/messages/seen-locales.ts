import { BoundedMap } from '@moddy/runtime/bounded-map';
import { type Locale, localeOf } from './messages.ts';

/** The language in which a user last spoke to the bot: Discord tells it with every interaction, and nowhere else. */
export class SeenLocales {
  readonly #localeOfUser = new BoundedMap<string, Locale>({ maxSize: 50_000 });

  see(discordId: string, tag: string): void {
    const locale = localeOf(tag);
    if (locale !== undefined) this.#localeOfUser.set(discordId, locale);
  }

  of(discordId: string): Locale | undefined {
    return this.#localeOfUser.get(discordId);
  }
}
