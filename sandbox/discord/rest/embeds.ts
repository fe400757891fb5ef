import type { APIEmbed } from 'discord-api-types/v10';
import { EmbedType } from 'discord-api-types/v10';
import type { Form } from './form.ts';

const MAX_EMBEDS = 10;
const MAX_TOTAL = 6000;

/** Limits: Discord docs, Message, Embed Limits. Unknown fields are dropped, as Discord does. */
export function readEmbeds(form: Form, value: unknown): APIEmbed[] {
  const embeds = form.list(value, 'embeds', MAX_EMBEDS).map((each, index) => readEmbed(form, each, `embeds.${index}`));
  const total = embeds.reduce((sum, embed) => sum + textLength(embed), 0);
  if (total > MAX_TOTAL) {
    form.problem('embeds', 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_TOTAL}`);
  }
  return embeds;
}

function readEmbed(form: Form, value: unknown, path: string): APIEmbed {
  const fields = form.record(value, path);
  const embed: APIEmbed = { type: EmbedType.Rich };
  const title = form.text(fields.title, `${path}.title`, 256);
  const description = form.text(fields.description, `${path}.description`, 4096);
  const url = readUrl(form, fields.url, `${path}.url`);
  const color = form.integer(fields.color, `${path}.color`, 0, 0xffffff);
  const timestamp = readTimestamp(form, fields.timestamp, `${path}.timestamp`);
  if (title) embed.title = title;
  if (description) embed.description = description;
  if (url) embed.url = url;
  if (color !== undefined) embed.color = color;
  if (timestamp) embed.timestamp = timestamp;

  if (fields.footer) {
    const footer = form.record(fields.footer, `${path}.footer`);
    const text = form.text(footer.text, `${path}.footer.text`, 2048);
    const icon = readUrl(form, footer.icon_url, `${path}.footer.icon_url`);
    if (text) embed.footer = { text, ...(icon ? { icon_url: icon } : {}) };
  }
  if (fields.author) {
    const author = form.record(fields.author, `${path}.author`);
    const name = form.text(author.name, `${path}.author.name`, 256);
    const link = readUrl(form, author.url, `${path}.author.url`);
    const icon = readUrl(form, author.icon_url, `${path}.author.icon_url`);
    if (name) embed.author = { name, ...(link ? { url: link } : {}), ...(icon ? { icon_url: icon } : {}) };
  }
  for (const key of ['image', 'thumbnail'] as const) {
    const source = readUrl(form, form.record(fields[key], `${path}.${key}`).url, `${path}.${key}.url`);
    if (source) embed[key] = { url: source };
  }
  const listed = form.list(fields.fields, `${path}.fields`, 25);
  if (listed.length > 0) embed.fields = listed.map((each, index) => readField(form, each, `${path}.fields.${index}`));

  const empty = Object.keys(embed).every((key) => key === 'type' || key === 'color' || key === 'url');
  if (empty) form.required(`${path}.description`);
  return embed;
}

function readField(form: Form, value: unknown, path: string) {
  const field = form.record(value, path);
  const name = form.text(field.name, `${path}.name`, 256);
  const text = form.text(field.value, `${path}.value`, 1024);
  if (!name) form.required(`${path}.name`);
  if (!text) form.required(`${path}.value`);
  return { name: name ?? '', value: text ?? '', inline: field.inline === true };
}

function readUrl(form: Form, value: unknown, path: string): string | undefined {
  const url = form.text(value, path, 2048);
  if (!url) return undefined;
  if (/^(https?|attachment):\/\/./.test(url) && URL.canParse(url)) return url;
  form.problem(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  return undefined;
}

function readTimestamp(form: Form, value: unknown, path: string): string | undefined {
  const text = form.text(value, path, 64);
  if (!text) return undefined;
  if (!Number.isNaN(Date.parse(text))) return text;
  form.problem(path, 'DATE_TIME_TYPE_PARSE', `Could not parse ${text}. Should be ISO8601.`);
  return undefined;
}

const textLength = (embed: APIEmbed): number =>
  [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
  ].reduce((sum, text) => sum + [...(text ?? '')].length, 0);
