import { type APIMessage, ComponentType } from 'discord-api-types/v10';
import type { Invocation } from '../discord/interactions/invocation.ts';
import { compareSnowflakes } from '../discord/world/snowflake.ts';
import type { EmbedView, MessageView } from './snapshot.ts';

const KEPT = 30;
/** Discord's own bar where an embed names no colour. */
const NO_COLOUR = '#1e1f22';

type NameOf = (userId: string) => string;

/** The conversation as a member sees it: the direct messages, and between them the answers to their commands. */
export const readConversation = (
  messages: readonly APIMessage[],
  asked: readonly Invocation[],
  nameOf: NameOf,
): MessageView[] =>
  [...messages.map((message) => messageOf(message, nameOf)), ...asked.map((each) => answerOf(each, nameOf))]
    .toSorted((a, b) => compareSnowflakes(a.messageId, b.messageId))
    .slice(-KEPT);

const messageOf = (message: APIMessage, nameOf: NameOf): MessageView => ({
  messageId: message.id,
  author: nameOf(message.author.id),
  isBot: message.author.bot === true,
  command: null,
  at: message.timestamp,
  content: message.content,
  embeds: message.embeds.map(
    (embed): EmbedView => ({
      title: embed.title ?? '',
      description: embed.description ?? '',
      colour: embed.color === undefined ? NO_COLOUR : colourOf(embed.color),
      footer: embed.footer?.text ?? '',
      fields: (embed.fields ?? []).map(({ name, value, inline = false }) => ({ name, value, inline })),
    }),
  ),
  buttons: (message.components ?? []).flatMap((row) =>
    row.type !== ComponentType.ActionRow
      ? []
      : row.components.flatMap((each) =>
          each.type === ComponentType.Button && 'url' in each && each.label
            ? [{ label: each.label, url: each.url }]
            : [],
        ),
  ),
});

function answerOf({ id, userId, commandName, message, failure }: Invocation, nameOf: NameOf): MessageView {
  const answer = message && messageOf(message, nameOf);
  return {
    author: 'Moddy',
    isBot: true,
    at: timeOf(id),
    content: failure ?? 'Moddy is thinking…',
    embeds: [],
    buttons: [],
    ...answer,
    messageId: id,
    command: `${nameOf(userId)} used /${commandName}`,
  };
}

/** Every id of Discord's begins with its time (Discord docs: API Reference, Snowflakes). */
const timeOf = (snowflake: string): string => new Date(Number((BigInt(snowflake) >> 22n) + EPOCH_MS)).toISOString();
const EPOCH_MS = 1_420_070_400_000n;

export const colourOf = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;
