import type { Context, Hono } from 'hono';
import type { Language } from './language/language.ts';

/** Who is at the browser. */
export interface Visitor {
  readonly userId: number;
  readonly discordId: string;
  readonly name: string;
  readonly tokenHash: string;
}

export interface SiteEnv {
  Variables: {
    language: Language;
    /** Who is logged in; unset before the session was looked up. */
    visitor?: Visitor | undefined;
  };
  /** As node-server passes it; absent where an app is called without a socket. */
  Bindings: { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } } };
}

export type SiteApp = Hono<SiteEnv>;
export type SiteContext = Context<SiteEnv>;
