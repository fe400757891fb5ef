import type { APIApplicationCommand, APIApplicationCommandOption, LocalizationMap } from 'discord-api-types/v10';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
} from 'discord-api-types/v10';
import { isRecord } from '../json.ts';
import { NotModelled, rejectFields } from './discord-error.ts';
import type { Form } from './form.ts';

// Discord docs: Application Commands, Application Command Naming: lower case where the letter has one.
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const optionTypes = new Set(Object.values(ApplicationCommandOptionType).filter((type) => typeof type === 'number'));
const locales = new Set<string>(Object.values(Locale));

export type CommandFields = Omit<APIApplicationCommand, 'id' | 'application_id' | 'version' | 'guild_id'>;

/** Discord docs: Application Commands, Create Global Application Command. The sandbox offers slash commands only. */
export function readCommand(form: Form, value: unknown, prefix = ''): CommandFields {
  const at = (key: string) => (prefix ? `${prefix}.${key}` : key);
  const body = form.record(value, prefix || 'body');
  rejectFields(body, ['handler']);
  const name = readName(form, body.name, at('name'));
  const description = form.text(body.description, at('description'), 100, 1);
  if (description === undefined) form.required(at('description'));
  if (body.type !== undefined && body.type !== ApplicationCommandType.ChatInput) {
    throw new NotModelled('The sandbox models slash commands only.');
  }
  const permissions = form.text(body.default_member_permissions, at('default_member_permissions'), 32);
  const contexts = form.list(body.contexts, at('contexts'), 3).filter(isContext);
  return {
    type: ApplicationCommandType.ChatInput,
    name,
    description: description ?? '',
    name_localizations: readLocalizations(form, body.name_localizations, at('name_localizations'), 32),
    description_localizations: readLocalizations(
      form,
      body.description_localizations,
      at('description_localizations'),
      100,
    ),
    options: readOptions(form, body.options, at('options')),
    default_member_permissions: permissions ?? null,
    nsfw: body.nsfw === true,
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: Array.isArray(body.contexts) ? contexts : null,
    dm_permission: body.dm_permission !== false,
  };
}

function readName(form: Form, value: unknown, path: string): string {
  const name = form.text(value, path, 32, 1);
  if (name === undefined) form.required(path);
  else if (!NAME.test(name) || name !== name.toLowerCase()) {
    form.problem(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  return name ?? '';
}

function readOptions(form: Form, value: unknown, path: string): APIApplicationCommandOption[] {
  let optionalSeen = false;
  return form.list(value, path, 25).flatMap((each, index) => {
    const at = `${path}.${index}`;
    const option = form.record(each, at);
    readName(form, option.name, `${at}.name`);
    if (form.text(option.description, `${at}.description`, 100, 1) === undefined) form.required(`${at}.description`);
    if (option.required === true && optionalSeen) {
      const text = 'Required options must be placed before non-required options';
      form.problem(at, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', text);
    }
    optionalSeen ||= option.required !== true;
    readLocalizations(form, option.name_localizations, `${at}.name_localizations`, 32);
    readLocalizations(form, option.description_localizations, `${at}.description_localizations`, 100);
    if (isOption(option)) return [option];
    form.problem(`${at}.type`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, …, 11}.');
    return [];
  });
}

function readLocalizations(form: Form, value: unknown, path: string, max: number): LocalizationMap | null {
  if (value === undefined || value === null) return null;
  const map = form.record(value, path);
  for (const [locale, text] of Object.entries(map)) {
    if (!locales.has(locale))
      form.problem(`${path}.${locale}`, 'ENUM_TYPE_COERCE', `Value "${locale}" is not a valid locale.`);
    form.text(text, `${path}.${locale}`, max, 1);
  }
  return isLocalizations(map) ? map : null;
}

const isLocalizations = (map: unknown): map is LocalizationMap =>
  isRecord(map) &&
  Object.entries(map).every(([key, text]) => locales.has(key) && (text === null || typeof text === 'string'));

const isContext = (value: unknown): value is InteractionContextType =>
  value === InteractionContextType.Guild ||
  value === InteractionContextType.BotDM ||
  value === InteractionContextType.PrivateChannel;

/** Name and description are checked by the caller; what remains differs by type and is passed on as it came. */
const isOption = (option: unknown): option is APIApplicationCommandOption =>
  isRecord(option) &&
  typeof option.type === 'number' &&
  optionTypes.has(option.type) &&
  typeof option.name === 'string' &&
  typeof option.description === 'string';
