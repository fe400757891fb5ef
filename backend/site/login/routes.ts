import type { SiteApp, SiteContext, SiteDeps } from '../context.ts';
import { SiteFault } from '../faults.ts';
import { type JoinOutcome, joinServer } from './join.ts';
import { keepPendingLogin, type PendingLogin, takePendingLogin } from './pending-login.ts';
import { beginSession, endSession, visitorOf } from './sessions.ts';

/** `/login` → Discord → `/login/callback` → a session; `/logout` ends it. `/join` goes the same way, to be added to the server. */
export function addLogin(app: SiteApp, deps: SiteDeps): void {
  const { catalogue, limits, log, site } = deps;

  const loginFor = (c: SiteContext, step: 'begin' | 'finish') => {
    if (deps.login === undefined) throw new SiteFault('login_off');
    if (!limits.login(`${step} ${clientAddress(c, site.behindEdge)}`)) throw new SiteFault('too_many');
    return deps.login;
  };
  const leave = async (c: SiteContext, about: Pick<PendingLogin, 'price' | 'joinsFrom'>) => {
    const { discord, sessionSecret } = loginFor(c, 'begin');
    const { url, ...kept } = await discord.begin(about.joinsFrom !== '');
    await keepPendingLogin(c, deps, sessionSecret, { ...kept, ...about });
    return c.redirect(url, 302);
  };

  app.get('/login', (c) => {
    const price = c.req.query('price') ?? '';
    return leave(c, { price: catalogue.sells(price) ? price : '', joinsFrom: '' });
  });

  app.get('/join', (c) => {
    visitorOf(c, deps);
    if (!site.joinOnLogin) throw new SiteFault('not_found');
    return leave(c, { price: '', joinsFrom: c.req.query('back') === 'account' ? '/account' : '/checkout/success' });
  });

  app.get('/login/callback', async (c) => {
    const { discord, sessionSecret } = loginFor(c, 'finish');
    const pending = await takePendingLogin(c, deps, sessionSecret);
    if (pending === undefined) throw new SiteFault('login_stale');
    const { price, joinsFrom } = pending;
    c.set('price', price);
    const answer = new URL(c.req.url).searchParams;
    if (joinsFrom !== '') {
      const visitor = visitorOf(c, deps);
      let outcome: JoinOutcome = 'failed';
      try {
        await discord.finish(answer, pending, async ({ discordId }, accessToken) => {
          // The browser may be logged in to Discord as another user.
          if (discordId === visitor.discordId) outcome = await joinServer(deps, discordId, accessToken);
        });
      } catch (error) {
        if (!(error instanceof SiteFault)) throw error;
        log.warn('a member could not be added', { reason: error.kind, error: error.cause });
      }
      return c.redirect(`${joinsFrom}?join=${outcome}`, 303);
    }
    const user = await discord.finish(answer, pending).catch((error: unknown) => {
      if (error instanceof SiteFault && error.kind !== 'login_denied') {
        log.warn('login failed', { reason: error.kind, error: error.cause });
      }
      throw error;
    });
    await beginSession(c, deps, sessionSecret, user);
    log.info('logged in', { discordId: user.discordId });
    return c.redirect(price === '' ? '/account' : `/subscribe?price=${encodeURIComponent(price)}`, 303);
  });

  app.post('/logout', async (c) => {
    await endSession(c, deps);
    return c.redirect('/', 303);
  });
}

/**
 * The client that the limit of logins counts. Railway's edge sets `X-Real-IP` to the client; elsewhere any client could
 * forge that header. An IPv6 client has a whole /64 to itself.
 */
export function clientAddress(c: SiteContext, behindEdge: boolean): string {
  const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
  const address = (behindEdge ? c.req.header('x-real-ip') : undefined) ?? peer;
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, '');
  return mapped.includes(':') ? mapped.split(':').slice(0, 4).join(':') : mapped;
}
