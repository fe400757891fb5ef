import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import type { Env } from '../rest/env.ts';
import { join } from '../world/members.ts';
import type { User } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { AuthorizeError, decide, readAuthorization } from './authorize.ts';
import type { Grants } from './grants.ts';

const page = (title: string, buttons: unknown) => html`<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>${title}</title>
  <body style="font: 1rem system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem">
    <h1>${title}</h1>
    ${buttons}
  </body>
</html>`;
const nameOf = ({ id, globalName, username }: User) => `${globalName ?? username} (${id})`;

/** The pages of Discord that the site leads to, as plain as can be: one button for each user who could be at the keyboard. */
export function authorizePage(app: Hono<Env>, world: World, grants: Grants): void {
  const browsers = new Map<string, string>();
  app.get('/oauth2/authorize', (c) => {
    const request = readAuthorization(world, new URL(c.req.url).searchParams);
    // The user at the keyboard is the one who agreed last in this browser.
    const userId = browsers.get(getCookie(c, 'sandbox-browser') ?? '');
    if (request.silent && userId !== undefined && grants.allows(userId, request.scope))
      return c.redirect(decide(world, grants, request, userId), 302);
    const people = [...world.users.values()].filter((user) => !user.bot);
    return c.html(
      page(
        'Moddy wants to access your account',
        html`<p>Sandbox Discord. Scopes: <code>${request.scope}</code></p>
          <form method="post" style="display: grid; gap: 0.5rem">
            ${people.map((user) => html`<button name="user_id" value="${user.id}">Authorize as ${nameOf(user)}</button>`)}
            <button name="user_id" value="">Cancel</button>
          </form>`,
      ),
    );
  });

  app.post('/oauth2/authorize', async (c) => {
    const request = readAuthorization(world, new URL(c.req.url).searchParams);
    const userId = new URLSearchParams(await c.req.text()).get('user_id') || null;
    if (userId !== null) {
      const browser = randomUUID();
      browsers.set(browser, userId);
      setCookie(c, 'sandbox-browser', browser, { httpOnly: true, sameSite: 'Lax' });
    }
    return c.redirect(decide(world, grants, request, userId), 302);
  });

  // An invite of the server: any code leads to it.
  app.get('/invite/:code', (c) => {
    const outside = [...world.users.values()].filter((user) => !user.bot && !world.guild.members.has(user.id));
    const buttons = outside.map(
      (user) => html`<button name="user_id" value="${user.id}">Join as ${nameOf(user)}</button>`,
    );
    const form = html`<form method="post" style="display: grid; gap: 0.5rem">${buttons}</form>`;
    return c.html(page('You have been invited to join the server', outside.length > 0 ? form : 'Every user is in it.'));
  });
  app.post('/invite/:code', async (c) => {
    const userId = new URLSearchParams(await c.req.text()).get('user_id') ?? '';
    const user = world.users.get(userId);
    if (user === undefined || world.guild.members.has(userId)) return c.text('Nobody who could join', 400);
    join(world, userId, false);
    return c.html(page(`Welcome, ${user.globalName ?? user.username}`, 'You are on the server now.'));
  });

  app.onError((error, c) => {
    if (error instanceof AuthorizeError) return c.text(error.message, 400);
    console.error(error);
    return c.text('Internal Server Error', 500);
  });
}
