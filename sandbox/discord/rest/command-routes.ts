import type { APIApplicationCommand } from 'discord-api-types/v10';
import type { World } from '../world/world.ts';
import type { CommandFields } from './command-body.ts';
import { readCommand } from './command-body.ts';
import { missingAccess, unknownCommand } from './discord-error.ts';
import type { App } from './env.ts';
import { noContent, readJson, reply } from './env.ts';
import { Form } from './form.ts';
import { findGuild } from './guild-access.ts';

const MAX_COMMANDS = 100;

/** Discord docs: Application Commands, Endpoints; for the guild's and for the global ones alike. */
export function commandRoutes(app: App, world: World): void {
  const scopeOf = (applicationId: string, guildId: string | undefined): string => {
    if (applicationId !== world.applicationId) throw missingAccess();
    return guildId === undefined ? 'global' : findGuild(world, guildId).id;
  };
  const commandsOf = (scope: string) => world.commands.get(scope) ?? new Map<string, APIApplicationCommand>();
  const keep = (scope: string, commands: Map<string, APIApplicationCommand>) => {
    world.commands.set(scope, commands);
    world.changes.emit({ type: 'commands_changed', scope });
  };
  /** A command of the same name is replaced and keeps its id. */
  const made = (scope: string, fields: CommandFields): APIApplicationCommand => {
    const same = [...commandsOf(scope).values()].find(({ name }) => name === fields.name);
    const guild = scope === 'global' ? {} : { guild_id: scope };
    const version = world.nextId();
    return { ...fields, ...guild, id: same?.id ?? world.nextId(), application_id: world.applicationId, version };
  };
  const find = (scope: string, commandId: string): APIApplicationCommand => {
    const command = commandsOf(scope).get(commandId);
    if (!command) throw unknownCommand();
    return command;
  };

  for (const base of [
    '/applications/:applicationId/commands',
    '/applications/:applicationId/guilds/:guildId/commands',
  ]) {
    app.get(base, (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      return reply([...commandsOf(scope).values()]);
    });

    app.put(base, async (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      const form = new Form();
      const listed = form.list(await readJson(c), 'body', MAX_COMMANDS);
      const fields = listed.map((each, index) => readCommand(form, each, String(index)));
      fields.forEach(({ name }, index) => {
        if (fields.findIndex((other) => other.name === name) < index) {
          const text = 'Application command names must be unique';
          form.problem(`${index}.name`, 'APPLICATION_COMMANDS_DUPLICATE_NAME', text);
        }
      });
      form.finish();
      const commands = fields.map((each) => made(scope, each));
      keep(scope, new Map(commands.map((command) => [command.id, command])));
      return reply(commands);
    });

    app.post(base, async (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      const form = new Form();
      const fields = readCommand(form, await readJson(c));
      form.finish();
      const command = made(scope, fields);
      const isNew = !commandsOf(scope).has(command.id);
      keep(scope, new Map(commandsOf(scope)).set(command.id, command));
      return reply(command, isNew ? 201 : 200);
    });

    app.get(`${base}/:commandId`, (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      return reply(find(scope, c.req.param('commandId') ?? ''));
    });

    app.patch(`${base}/:commandId`, async (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      const command = find(scope, c.req.param('commandId') ?? '');
      const form = new Form();
      const fields = readCommand(form, { ...command, ...form.record(await readJson(c), 'body') });
      form.finish();
      const edited = { ...command, ...fields, version: world.nextId() };
      keep(scope, new Map(commandsOf(scope)).set(command.id, edited));
      return reply(edited);
    });

    app.delete(`${base}/:commandId`, (c) => {
      const scope = scopeOf(c.req.param('applicationId') ?? '', c.req.param('guildId'));
      const command = find(scope, c.req.param('commandId') ?? '');
      const left = new Map(commandsOf(scope));
      left.delete(command.id);
      keep(scope, left);
      return noContent();
    });
  }
}
