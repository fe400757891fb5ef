import { generateKeyPairSync } from 'node:crypto';
import type { APIApplicationCommand, APIMessage } from 'discord-api-types/v10';
import type { Dispatch } from '../gateway/dispatch.ts';
import type { Change } from './changes.ts';
import { Clock } from './clock.ts';
import type { DirectChannel, Guild, LoggedRequest, User } from './records.ts';
import { APPLICATION_ID, BOT_ID, CLIENT_SECRET, seedGuild, seedUsers, TOKEN } from './seed.ts';
import { snowflakes } from './snowflake.ts';

/** Everything one local Discord remembers. Two instances share nothing. */
export class World {
  /** Aborted by `close()`: ends what would otherwise wait on. */
  readonly closing = new AbortController();
  readonly clock = new Clock();
  readonly nextId = snowflakes(this.clock);
  readonly changes = new Signal<Change>();
  readonly dispatches = new Signal<Dispatch>();
  readonly applicationId = APPLICATION_ID;
  readonly botId = BOT_ID;
  readonly clientSecret = CLIENT_SECRET;
  readonly keys = generateKeyPairSync('ed25519');
  readonly users = new Map(seedUsers().map((user) => [user.id, user]));
  readonly guild: Guild = seedGuild();
  readonly directChannels = new Map<string, DirectChannel>();
  /** Oldest first, by channel. */
  readonly messages = new Map<string, APIMessage[]>();
  /** By `${guild id or 'global'}`, then by command id. */
  readonly commands = new Map<string, Map<string, APIApplicationCommand>>();
  readonly requests: LoggedRequest[] = [];
  token = TOKEN;
  /** The developer portal's privileged intents. */
  readonly privileged = { guildMembers: true, guildPresences: false, messageContent: false };
  interactionsEndpointUrl: string | null = null;
  /** Registered in the developer portal; null takes any. */
  redirectUris: string[] | null = null;

  /** Hexadecimal, as the developer portal shows it. */
  get publicKey(): string {
    // The raw key is the last 32 bytes of its SPKI form (RFC 8410).
    return this.keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  }

  get bot(): User {
    const bot = this.users.get(this.botId);
    if (!bot) throw new Error('The seed has no bot user.');
    return bot;
  }
}

/** Synchronous announcements to any number of listeners. */
export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
