import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { type Env, readJson, reply } from '../rest/env.ts';
import { actions } from './actions.ts';
import type { Controls } from './controls.ts';
import { ControlError, Fields } from './fields.ts';
import { readAnswer, readFault, readRateLimits } from './read-fault.ts';
import { readLocale } from './read-locale.ts';

/** The controls for other processes, under /_sandbox/discord. A control without a result answers {}. */
export function controlRoutes(discord: Controls, closing: AbortSignal): Hono<Env> {
  const app = new Hono<Env>();

  for (const [name, act] of Object.entries(actions(discord))) {
    app.post(`/${name}`, async (c) => reply((await act(new Fields(await readJson(c)))) ?? {}));
  }
  app.post('/fail', async (c) => {
    const { fault, remaining } = discord.fail(readFault(new Fields(await readJson(c))));
    return reply({ fault, remaining }, 201);
  });
  app.post('/set-rest-edge', async (c) => {
    const answer = new Fields(await readJson(c)).optionalRecord('answer');
    discord.setRestEdge(answer && readAnswer(answer));
    return reply({});
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
  app.get('/gateway-counts', () => reply(discord.gatewayCounts()));
  app.get('/faults', () => reply(discord.activeFaults()));
  app.get('/commands/:scope?', (c) => reply(discord.commands(c.req.param('scope'))));
  app.get('/events', (c) => streamChanges(c, discord, closing));

  app.onError((error) => {
    const status = error instanceof ControlError ? 400 : 409;
    return Response.json({ error: error.message }, { status });
  });
  return app;
}

/** Every change as it happens, as server-sent events named after their type. */
export const streamChanges = (c: Context<Env>, discord: Controls, closing: AbortSignal): Response =>
  streamSSE(c, (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const off = discord.on((change) => {
      void stream.writeSSE({ event: change.type, data: JSON.stringify(change) });
    });
    stream.onAbort(resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(off);
  });

/** Runs a command and waits for its answer, so that one call tells the whole story. */
export async function invoke(discord: Controls, fields: Fields) {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields.optionalRecord('options') ?? {})) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ControlError(`options.${name} must be a string, a number or a boolean.`);
    }
    values[name] = value;
  }
  const locale = readLocale(fields);
  const direct = fields.optionalFlag('direct');
  const invocation = discord.invokeCommand(fields.text('userId'), fields.text('name'), values, {
    ...(locale ? { locale } : {}),
    ...(direct === undefined ? {} : { direct }),
  });
  const message = await discord.waitForAnswer(invocation, fields.optionalNumber('timeoutMs'));
  return { id: invocation.id, state: invocation.state, ephemeral: invocation.ephemeral, message };
}
