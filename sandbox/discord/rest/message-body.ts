import type { APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { MessageFlags } from 'discord-api-types/v10';
import { readComponents } from './components.ts';
import { emptyMessage, rejectFields } from './discord-error.ts';
import { readEmbeds } from './embeds.ts';
import { Form } from './form.ts';

interface AllowedMentions {
  parse: string[];
  users: string[];
  roles: string[];
}

export interface MessageBody {
  content: string;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  flags: number;
  nonce?: string | number;
  enforceNonce: boolean;
  allowedMentions?: AllowedMentions;
  /** The message this one answers. */
  replyTo?: string;
}

const settable =
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2 |
  // Only interactions may ask for it; elsewhere Discord ignores it.
  MessageFlags.Ephemeral;

/** Discord docs: Message, Create Message. Used by everything that writes a message. */
export function readMessageBody(value: unknown, { mayBeEmpty = false } = {}): MessageBody {
  const form = new Form();
  const body = form.record(value, 'body');
  rejectFields(body, ['tts', 'sticker_ids', 'attachments', 'poll', 'shared_client_theme']);
  const flags = (form.integer(body.flags, 'flags', 0, 2 ** 31 - 1) ?? 0) & settable;
  const content = form.text(body.content, 'content', 2000) ?? '';
  const embeds = readEmbeds(form, body.embeds);
  const v2 = (flags & MessageFlags.IsComponentsV2) !== 0;
  const components = readComponents(form, body.components, v2);
  if (v2 && (content !== '' || embeds.length > 0)) {
    const text = 'The fields content and embeds cannot be used when using MessageFlags.IS_COMPONENTS_V2';
    form.problem('flags', 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', text);
  }
  const nonce = typeof body.nonce === 'number' ? body.nonce : form.text(body.nonce, 'nonce', 25);
  const reference = form.record(body.message_reference, 'message_reference');
  // 1 is a forward (Discord docs: Message, Message Reference Types).
  rejectFields(reference, ['type']);
  const replyTo = form.snowflake(reference.message_id, 'message_reference.message_id');
  const allowedMentions = readAllowedMentions(form, body.allowed_mentions);
  form.finish();
  if (!mayBeEmpty && content.trim() === '' && embeds.length === 0 && components.length === 0) throw emptyMessage();
  return {
    content,
    embeds,
    components,
    flags,
    enforceNonce: body.enforce_nonce === true,
    ...(nonce === undefined ? {} : { nonce }),
    ...(allowedMentions ? { allowedMentions } : {}),
    ...(replyTo ? { replyTo } : {}),
  };
}

/** Discord docs: Message, Allowed Mentions Object: `parse` and a list of ids exclude each other. */
function readAllowedMentions(form: Form, value: unknown): AllowedMentions | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = form.record(value, 'allowed_mentions');
  const ids = (key: string) =>
    form.list(fields[key], `allowed_mentions.${key}`, 100).flatMap((id, index) => {
      return form.snowflake(id, `allowed_mentions.${key}.${index}`) ?? [];
    });
  const parse = form.list(fields.parse, 'allowed_mentions.parse', 3).map(String);
  const mentions = { parse, users: ids('users'), roles: ids('roles') };
  for (const key of ['users', 'roles'] as const) {
    if (parse.includes(key) && mentions[key].length > 0) {
      const text = `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`;
      form.problem('allowed_mentions', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', text);
    }
  }
  return mentions;
}
