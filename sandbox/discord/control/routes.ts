import { Hono } from 'hono';
import type { Env } from '../rest/env.ts';
import { readJson, reply } from '../rest/env.ts';
import { actions } from './actions.ts';
import type { Controls } from './controls.ts';
import { streamChanges } from './events.ts';
import { ControlError, Fields } from './fields.ts';
import { invoke } from './invoke.ts';
import { readFault, readRateLimits } from './read-fault.ts';

/** The controls for other processes, under /_sandbox/discord. What answers nothing answers {}. */
export function controlRoutes(discord: Controls, closing: AbortSignal): Hono<Env> {
  const app = new Hono<Env>();

  for (const [name, act] of Object.entries(actions(discord))) {
    app.post(`/${name}`, async (c) => reply((await act(new Fields(await readJson(c)))) ?? {}));
  }
  app.post('/fail', async (c) => {
    const { fault, remaining } = discord.fail(readFault(new Fields(await readJson(c))));
    return reply({ fault, remaining }, 201);
  });
  app.post('/set-rate-limits', async (c) => {
    discord.setRateLimits(readRateLimits(await readJson(c)));
    return reply({});
  });
  app.post('/invoke-command', async (c) => reply(await invoke(discord, new Fields(await readJson(c)))));

  app.post('/wait-for-dm', async (c) => {
    const fields = new Fields(await readJson(c));
    const contains = fields.optionalText('contains') ?? '';
    const matches = (message: object) => JSON.stringify(message).includes(contains);
    return reply(await discord.waitForDm(fields.text('userId'), matches, fields.optionalNumber('timeoutMs')));
  });
  app.post('/wait-for-roles', async (c) => {
    const fields = new Fields(await readJson(c));
    const [all, none] = [fields.optionalTexts('all') ?? [], fields.optionalTexts('none') ?? []];
    const matches = (roles: string[]) =>
      all.every((id) => roles.includes(id)) && !none.some((id) => roles.includes(id));
    const timeoutMs = fields.optionalNumber('timeoutMs');
    return reply({ roles: await discord.waitForRoles(fields.text('userId'), matches, timeoutMs) });
  });

  app.get('/state', () => reply(discord.state()));
  app.get('/direct-messages/:userId', (c) => reply(discord.directMessages(c.req.param('userId'))));
  app.get('/channel-messages/:channelId', (c) => reply(discord.channelMessages(c.req.param('channelId'))));
  app.get('/roles/:userId', (c) => reply({ roles: discord.rolesOf(c.req.param('userId')) }));
  app.get('/audit-log', () => reply(discord.auditLog()));
  app.get('/requests', () => reply(discord.requests()));
  app.get('/sessions', () => reply(discord.sessions()));
  app.get('/faults', () => reply(discord.activeFaults()));
  app.get('/commands/:scope?', (c) => reply(discord.commands(c.req.param('scope'))));
  app.get('/events', (c) => streamChanges(c, discord, closing));

  app.onError((error) => {
    const status = error instanceof ControlError ? 400 : 409;
    return Response.json({ error: error.message }, { status });
  });
  return app;
}
