import { randomBytes } from 'node:crypto';
import { SiteFault } from '../fault.ts';
import { clientAddress } from '../security/rate-limit.ts';
import { endSession, tokenHash, visitorOf } from '../sessions/session.ts';
import type { SiteApp } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { LoginError } from './discord-login.ts';
import type { DiscordUser } from './discord-user.ts';
import { type JoinOutcome, joinServer } from './join.ts';
import { keepPendingLogin, takePendingLogin } from './pending-login.ts';
import { storeLogin } from './store-login.ts';

const SESSION_DAYS = 30;
const FAULT_OF = {
  denied: 'login_denied',
  stale: 'login_stale',
  rejected: 'login_refused',
  down: 'discord_down',
} as const;

/** `/login` → Discord → `/login/callback` → a session; `/logout` ends it. `/join` goes the same way, to be added to the server. */
export function addLogin(app: SiteApp, deps: SiteDeps): void {
  const { db, catalogue, cookies, limits, login, log, now, site } = deps;

  app.get('/login', async (c) => {
    if (login === undefined) throw new SiteFault('login_off');
    if (!limits.login(`begin ${clientAddress(c, site.behindEdge)}`)) throw new SiteFault('too_many');
    const price = c.req.query('price') ?? '';
    const { url, ...kept } = await login.discord.begin();
    const pending = { ...kept, price: catalogue.sells(price) ? price : '', joinsFrom: undefined };
    await keepPendingLogin(c, deps, login.sessionSecret, pending);
    return c.redirect(url, 302);
  });

  app.get('/join', async (c) => {
    visitorOf(c, deps);
    if (login === undefined || !site.joinOnLogin) throw new SiteFault('not_found');
    if (!limits.login(`begin ${clientAddress(c, site.behindEdge)}`)) throw new SiteFault('too_many');
    const { url, ...kept } = await login.discord.begin(true);
    const joinsFrom = c.req.query('back') === 'account' ? '/account' : '/checkout/success';
    await keepPendingLogin(c, deps, login.sessionSecret, { ...kept, price: '', joinsFrom });
    return c.redirect(url, 302);
  });

  app.get('/login/callback', async (c) => {
    if (login === undefined) throw new SiteFault('login_off');
    if (!limits.login(`finish ${clientAddress(c, site.behindEdge)}`)) throw new SiteFault('too_many');
    const pending = await takePendingLogin(c, deps, login.sessionSecret);
    if (pending === undefined) throw new SiteFault('login_stale');
    if (pending.joinsFrom !== undefined) {
      const visitor = visitorOf(c, deps);
      let outcome: JoinOutcome = 'failed';
      const join = async ({ discordId }: DiscordUser, accessToken: string) => {
        // The browser may be logged in to Discord as another user.
        if (discordId === visitor.discordId) outcome = await joinServer(deps, discordId, accessToken);
      };
      await login.discord.finish(new URL(c.req.url).searchParams, pending, join).catch((error: unknown) => {
        if (!(error instanceof LoginError)) throw error;
        log.warn('a member could not be added', { reason: error.reason, error: error.cause });
      });
      return c.redirect(`${pending.joinsFrom}?join=${outcome}`, 303);
    }
    const user = await login.discord.finish(new URL(c.req.url).searchParams, pending).catch((error: unknown) => {
      if (!(error instanceof LoginError)) throw error;
      if (error.reason !== 'denied') log.warn('login failed', { reason: error.reason, error: error.cause });
      throw new SiteFault(FAULT_OF[error.reason], { cause: error });
    });
    const token = randomBytes(32).toString('base64url');
    const before = cookies.get(c, 'session');
    const hash = (text: string) => tokenHash(text, login.sessionSecret);
    const lifetimeSeconds = SESSION_DAYS * 24 * 60 * 60;
    const session = {
      tokenHash: hash(token),
      expiresAt: new Date(now().getTime() + lifetimeSeconds * 1000),
      replaces: before === undefined ? undefined : hash(before),
    };
    await storeLogin(db, user, session, now());
    cookies.set(c, 'session', token, lifetimeSeconds);
    log.info('logged in', { discordId: user.discordId });
    return c.redirect(pending.price === '' ? '/account' : `/subscribe?price=${encodeURIComponent(pending.price)}`, 303);
  });

  app.post('/logout', async (c) => {
    const visitor = c.get('visitor');
    if (visitor !== undefined) await endSession(db, visitor.tokenHash);
    cookies.clear(c, 'session');
    return c.redirect('/', 303);
  });
}
