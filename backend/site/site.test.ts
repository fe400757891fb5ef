import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { MEMBER, MONTHLY, startTestSite, type TestSite } from './testing/start-test-site.ts';

describe('every page', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );

  it('runs no script, loads nothing from other sites, cannot be framed and is not cached', async () => {
    const visitor = site.visitor();
    const account = await site.logIn(visitor, MEMBER);
    const pages = [
      account,
      await visitor.get('/'),
      await visitor.get('/nowhere'),
      await site.visitor().get('/account'),
    ];
    for (const { headers, text, url } of pages) {
      const csp = headers.get('content-security-policy') ?? '';
      expect(csp).toContain("default-src 'none'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
      for (const [, address = ''] of text.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)) {
        expect(address.startsWith('/assets/')).toBe(true);
      }
      expect([url.pathname, Buffer.byteLength(text) <= 50 * 1024]).toEqual([url.pathname, true]);
    }
  });

  it('has an immutable style sheet', async () => {
    const { text } = await site.visitor().get('/');
    const address = /href="(\/assets\/[^"]*\.css)"/.exec(text)?.[1] ?? '';
    const { status, headers, text: css } = await site.visitor().get(address);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('immutable');
    expect(css).not.toMatch(/url\(|@import/);
    expect(Buffer.byteLength(css)).toBeLessThan(30 * 1024);
  });

  it('leaves health checks and webhooks of the public port alone', async () => {
    expect(await (await fetch(`${site.publicUrl}/healthz`)).json()).toEqual({ status: 'ok' });
    const webhook = await fetch(`${site.publicUrl}/payments/webhook`, { method: 'POST', body: '{}' });
    expect(webhook.status).toBe(400);
    expect(await webhook.json()).toEqual({ error: 'Missing Stripe-Signature header' });
  });

  it('403 for a form from another site, and nothing changes', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/logout', '/checkout', '/portal', '/account/delete']) {
      const page = await visitor.post(path, { confirm: 'yes', price: MONTHLY }, { headers: foreign });
      expect([path, page.status]).toEqual([path, 403]);
      expect(page.text).toContain('This form came from another site');
    }
    const unmarked = await fetch(`${site.publicUrl}/logout`, {
      method: 'POST',
      headers: { cookie: `session=${visitor.cookies().get('session')}` },
    });
    expect(unmarked.status).toBe(403);
    expect((await visitor.get('/account')).status).toBe(200);
  });

  it('409 for a form of a page that was opened with another account, and nothing changes', async () => {
    const visitor = site.visitor();
    const { id: first } = site.discord.addUser();
    const { id: second } = site.discord.addUser();
    site.stripe.subscribe({ discordId: first, price: MONTHLY });
    const order = await site.logIn(visitor, second, `/login?price=${MONTHLY}`);
    const ownDeletion = await visitor.get('/account/delete');
    await site.logIn(visitor, first);
    const account = await eventually(
      () => visitor.get('/account'),
      ({ text }) => text.includes('Manage my subscription'),
    );
    const forms = [
      [account, '/portal'],
      [account, '/account/check'],
      [await visitor.get('/account/delete'), '/account/delete'],
    ] as const;
    const requests = () => site.stripe.requests.filter(({ method }) => method === 'POST').length;
    const before = requests();
    const opened = [
      [order, '/checkout', { confirm: 'yes' }],
      [ownDeletion, '/account/delete', { confirm: 'yes' }],
    ] as const;
    for (const [page, action, fields] of opened) {
      const answer = await visitor.submit(page, action, fields);
      expect([action, answer.status]).toEqual([action, 409]);
      expect(answer.text).toContain('This page belongs to another account');
    }
    await site.logIn(visitor, second);
    for (const [page, action] of forms) {
      expect([action, (await visitor.submit(page, action, { confirm: 'yes' })).status]).toEqual([action, 409]);
    }
    expect(requests()).toBe(before);
    // Both accounts go on, and their own pages work.
    expect((await visitor.submit(order, '/checkout')).url.href).toContain('/c/pay/');
    expect((await site.logIn(visitor, first)).text).toContain('Manage my subscription');
  });

  it('403 for an unreadable form', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const answer = await visitor.post('/checkout', {}, { headers: { 'content-type': 'multipart/form-data' } });
    expect(answer.status).toBe(403);
  });

  it('offers the same page again after a 429, and the plans after a failed form', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    for (let at = 0; at < 5; at += 1) await visitor.get('/account/export');
    const page = await visitor.get('/account/export?again=1');
    expect(page.status).toBe(429);
    expect(page.text).toContain('<a class="button primary" href="?again=1">Try again</a>');
    site.stripe.outage();
    const form = await visitor.post('/checkout', { price: MONTHLY });
    site.stripe.faults.clear();
    expect(form.status).toBe(503);
    expect(form.text).toContain('<a class="button primary" href="/">Back to the plans</a>');
  });

  it('404 for an unknown page, 413 for a large form', async () => {
    const visitor = site.visitor();
    const missing = await visitor.get('/nowhere/<script>');
    expect(missing.status).toBe(404);
    expect(missing.text).toContain('Page not found');
    await site.logIn(visitor, MEMBER);
    expect((await visitor.post('/checkout', { price: 'x'.repeat(20_000) })).status).toBe(413);
  });

  it('500 with a reference and nothing else', async () => {
    const broken = await startTestSite();
    const visitor = broken.visitor();
    await broken.logIn(visitor, MEMBER);
    const { sql } = await import('drizzle-orm');
    await broken.backend.database.orm.execute(sql`alter table deliveries rename to elsewhere`);
    const page = await visitor.get('/account');
    await broken.backend.database.orm.execute(sql`alter table elsewhere rename to deliveries`);
    expect(page.status).toBe(500);
    expect(page.text).toMatch(/Reference <code>[0-9a-f]{8}<\/code>/);
    expect(page.text).not.toMatch(/deliveries|select|Error/);
  });

  it('escapes the names of users', async () => {
    const { id } = site.discord.addUser({ username: 'mallory', globalName: '<script>alert(1)</script>' });
    const page = await site.logIn(site.visitor(), id);
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.text).not.toContain('<script');
  });
});

describe('cookies', () => {
  it('are __Host-, Secure, HttpOnly and SameSite=Lax on https, with HSTS', async () => {
    const site = await startTestSite({ WEBSITE_URL: 'https://moddy.example' });
    const left = await site.visitor().get('/login', { follow: 0 });
    const [cookie] = left.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-login-/);
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute);
    expect(cookie).not.toContain('Domain');
    expect(left.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(left.headers.get('location')).toContain(encodeURIComponent('https://moddy.example/login/callback'));
  });

  it('at login are rejected without our signature', async () => {
    const site = await startTestSite();
    const visitor = site.visitor();
    const left = await visitor.get('/login', { follow: 0 });
    const back = site.discord.authorize(left.headers.get('location') ?? '', MEMBER);
    const [[name, kept] = ['', '']] = visitor.cookies();
    visitor.cookies().set(name, kept.replace(/^../, 'ab'));
    expect((await visitor.get(back)).status).toBe(400);
  });
});

describe('the links to terms and support', () => {
  it('stand in the footer of every page, and a fault of the service offers support', async () => {
    const site = await startTestSite({
      TERMS_URL: 'https://moddy.example/page?id=7&lang=fr#sale',
      SUPPORT_URL: 'mailto:help@moddy.example?subject=Moddy',
    });
    const links = (text: string) => [...text.matchAll(/href="((?:https|mailto):[^"]*)"/g)].map(([, href]) => href);
    const [home, missing] = await Promise.all(['/', '/nowhere'].map((path) => site.visitor().get(path)));
    expect(links(home?.text ?? '')).toEqual([
      'https://moddy.example/page?id=7&amp;lang=fr#sale',
      'mailto:help@moddy.example?subject=Moddy',
    ]);
    expect(links(missing?.text ?? '')).toEqual([
      'https://moddy.example/page?id=7&amp;lang=fr#sale',
      'mailto:help@moddy.example?subject=Moddy',
    ]);
    await site.backend.database.close();
    const visitor = site.visitor();
    visitor.cookies().set('session', 'anything');
    const broken = await visitor.get('/account');
    expect(broken.status).toBe(503);
    expect(links(broken.text.split('<footer>')[0] ?? '')).toEqual(['mailto:help@moddy.example?subject=Moddy']);
  });

  it('are absent without configuration', async () => {
    const site = await startTestSite();
    expect((await site.visitor().get('/')).text).not.toMatch(/Terms|Contact support/);
  });
});

describe('languages', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );

  it.each([
    ['fr-CA,fr;q=0.9', 'fr', 'Plus de Moddy'],
    ['en-GB', 'en', 'More Moddy'],
    ['de, en;q=0.5', 'en', 'More Moddy'],
    ['xx', 'fr', 'Plus de Moddy'],
  ])('%s is answered in %s', async (accepted, language, text) => {
    const page = await site.visitor(accepted).get('/');
    expect(page.text).toContain(`<html lang="${language}">`);
    expect(page.text).toContain(text);
    expect(page.headers.get('content-language')).toBe(language);
  });

  it('keep the page and its query at a switch, and are remembered', async () => {
    const visitor = site.visitor('en');
    const page = await visitor.get(`/subscribe?price=${MONTHLY}`);
    const link = /<a href="(\?[^"]*lang=fr)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const french = await visitor.get(new URL(link, page.url));
    expect(french.url.pathname + french.url.search).toBe(`/subscribe?price=${MONTHLY}`);
    expect(french.text).toContain('Votre commande');
    expect((await visitor.get('/')).text).toContain('Les formules');
  });

  it('do not lead to another site at a switch', async () => {
    for (const path of ['//elsewhere.example/', '/\\elsewhere.example', '/%2f%2felsewhere.example']) {
      const answer = await fetch(`${site.publicUrl}${path}?lang=fr`, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (location !== null) expect(new URL(location, site.publicUrl).origin).toBe(site.publicUrl);
    }
  });
});
