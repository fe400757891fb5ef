import type {
  APIApplicationCommand,
  APIApplicationCommandInteractionDataBasicOption,
  APIApplicationCommandOption,
  APIInteractionDataResolved,
  InteractionType,
} from 'discord-api-types/v10';
import { ApplicationCommandOptionType } from 'discord-api-types/v10';
import { memberObject } from '../world/guild-objects.ts';
import { permissionsOf } from '../world/permissions.ts';
import { userObject } from '../world/user-objects.ts';
import type { World } from '../world/world.ts';

export type OptionValues = Record<string, string | number | boolean>;
type DataOption = APIApplicationCommandInteractionDataBasicOption<InteractionType.ApplicationCommand>;

/** Types the user's input as the registered command demands; Discord's client sends nothing else. */
export function dataOptions(command: APIApplicationCommand, values: OptionValues): DataOption[] {
  const defined = command.options ?? [];
  const unknown = Object.keys(values).filter((name) => !defined.some((option) => option.name === name));
  if (unknown.length > 0) throw new Error(`/${command.name} has no option ${unknown.join(', ')}.`);
  return defined.flatMap((option) => {
    const value = values[option.name];
    if (value !== undefined) return [dataOption(option, value)];
    if ('required' in option && option.required) throw new Error(`/${command.name} requires ${option.name}.`);
    return [];
  });
}

function dataOption({ name, type }: APIApplicationCommandOption, value: string | number | boolean): DataOption {
  switch (type) {
    case ApplicationCommandOptionType.String:
    case ApplicationCommandOptionType.User:
    case ApplicationCommandOptionType.Role:
    case ApplicationCommandOptionType.Channel:
      return { name, type, value: String(value) };
    case ApplicationCommandOptionType.Integer:
    case ApplicationCommandOptionType.Number:
      return { name, type, value: Number(value) };
    case ApplicationCommandOptionType.Boolean:
      return { name, type, value: value === true || value === 'true' };
    default:
      throw new Error(`The sandbox does not offer options of type ${type}.`);
  }
}

/** The users and members named by options (Discord docs: Receiving and Responding, Resolved Data Structure). */
export function resolve(world: World, options: DataOption[]): APIInteractionDataResolved | undefined {
  const ids = options.flatMap((option) => (option.type === ApplicationCommandOptionType.User ? [option.value] : []));
  if (ids.length === 0) return undefined;
  const resolved: Required<Pick<APIInteractionDataResolved, 'users' | 'members'>> = { users: {}, members: {} };
  for (const id of ids) {
    const user = world.users.get(id);
    if (!user) throw new Error(`No user ${id}.`);
    resolved.users[id] = userObject(user);
    const member = world.guild.members.get(id);
    if (!member) continue;
    const { user: _user, deaf: _deaf, mute: _mute, ...partial } = memberObject(world, member);
    resolved.members[id] = { ...partial, permissions: permissionsOf(world.guild, id).toString() };
  }
  return resolved;
}
