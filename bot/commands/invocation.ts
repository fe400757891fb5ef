import {
  type APIInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionType,
  PermissionFlagsBits,
} from 'discord.js';

/** One use of a command, as far as the commands care. */
export interface Invocation {
  readonly interactionId: string;
  readonly applicationId: string;
  readonly token: string;
  readonly command: string;
  readonly discordId: string;
  readonly username: string;
  readonly guildId: string | undefined;
  readonly localeTag: string;
  /** The member that the command is about, if one was named. */
  readonly targetId: string | undefined;
  readonly mayManageGuild: boolean;
}

/**
 * The invocation of a slash command; undefined for every other interaction.
 *
 * @param guildId whose managers may ask about others: the command may still be offered in a guild of earlier days.
 */
export function invocationOf(interaction: APIInteraction, guildId: string): Invocation | undefined {
  if (interaction.type !== InteractionType.ApplicationCommand) return undefined;
  if (interaction.data.type !== ApplicationCommandType.ChatInput) return undefined;
  const user = interaction.member?.user ?? interaction.user;
  if (user === undefined) return undefined;
  const target = interaction.data.options?.find((option) => option.type === ApplicationCommandOptionType.User);
  return {
    interactionId: interaction.id,
    applicationId: interaction.application_id,
    token: interaction.token,
    command: interaction.data.name,
    discordId: user.id,
    username: user.username,
    guildId: interaction.guild_id,
    localeTag: interaction.locale,
    targetId: target?.value,
    mayManageGuild: interaction.guild_id === guildId && managesGuild(interaction.member?.permissions),
  };
}

const MANAGE = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;
const managesGuild = (permissions: string | undefined): boolean => (BigInt(permissions ?? '0') & MANAGE) !== 0n;
