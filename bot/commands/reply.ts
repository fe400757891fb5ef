import type { APIActionRowComponent, APIButtonComponentWithURL, APIEmbed, APIEmbedField } from 'discord.js';

export interface CommandReply {
  content?: string;
  embeds: APIEmbed[];
  components: APIActionRowComponent<APIButtonComponentWithURL>[];
  allowed_mentions: { parse: [] };
}

const silent: Pick<CommandReply, 'allowed_mentions'> = { allowed_mentions: { parse: [] } };

export const textReply = (content: string): CommandReply => ({ content, embeds: [], components: [], ...silent });

export interface Card {
  readonly title: string;
  readonly description?: string | undefined;
  readonly fields: readonly (APIEmbedField | undefined)[];
  readonly button?: APIActionRowComponent<APIButtonComponentWithURL> | undefined;
}

export function cardReply({ title, description, fields, button }: Card): CommandReply {
  const embed = { title, fields: fields.filter((field) => field !== undefined) };
  return {
    embeds: [description === undefined ? embed : { ...embed, description }],
    components: button === undefined ? [] : [button],
    ...silent,
  };
}

/** A field for what is known; none for what is not. */
export const field = (name: string, value: string | null | undefined): APIEmbedField | undefined =>
  value === null || value === undefined || value === '' ? undefined : { name, value, inline: true };

/** Shown as written: nothing in it becomes a link, a mention or a format. */
export const verbatim = (text: string): string => `\`${text.replaceAll('`', 'ˋ').slice(0, 200)}\``;
