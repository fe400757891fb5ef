import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import { en } from '../messages/en.ts';
import { fr } from '../messages/fr.ts';

type Named = { readonly name: string; readonly description: string };

const localised = (english: Named, french: Named) => ({
  name: english.name,
  name_localizations: { fr: french.name },
  description: english.description,
  description_localizations: { fr: french.description },
});

export const USERINFO = en.commands.userinfo.name;
export const USERINFO_USER = en.commands.userinfoUser.name;
export const SUBSCRIPTION = en.commands.subscription.name;

/**
 * The bot's slash commands. No `default_member_permissions`: everyone may see their own account, and only the code can
 * tell whose account is asked for.
 */
export const DEFINITIONS: RESTPostAPIChatInputApplicationCommandsJSONBody[] = [
  {
    type: ApplicationCommandType.ChatInput,
    ...localised(en.commands.userinfo, fr.commands.userinfo),
    options: [
      {
        type: ApplicationCommandOptionType.User,
        ...localised(en.commands.userinfoUser, fr.commands.userinfoUser),
        required: false,
      },
    ],
  },
  { type: ApplicationCommandType.ChatInput, ...localised(en.commands.subscription, fr.commands.subscription) },
];
