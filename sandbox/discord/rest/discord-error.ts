/** Discord's errors (Discord docs: Opcodes and Status Codes, JSON; API Reference, Error Messages). */
export class DiscordError extends Error {
  override readonly name = 'DiscordError';
  readonly status: number;
  readonly code: number;
  readonly errors: object | undefined;

  constructor(status: number, code: number, message: string, errors?: object) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  response(): Response {
    const { message, code, errors } = this;
    return Response.json({ message, code, ...(errors ? { errors } : {}) }, { status: this.status });
  }
}

/** Valid at Discord, but not modelled here: a test must not pass because it was ignored. */
export class NotModelled extends Error {
  override readonly name = 'NotModelled';

  response(): Response {
    return Response.json({ message: this.message, code: 'sandbox_not_modelled' }, { status: 501 });
  }
}

/** @throws {NotModelled} naming the fields that are set and not modelled. */
export function rejectFields(value: Readonly<Record<string, unknown>>, fields: readonly string[]): void {
  const isSet = (field: unknown) => (Array.isArray(field) ? field.length > 0 : Boolean(field));
  const set = fields.filter((name) => isSet(value[name]));
  if (set.length > 0) throw new NotModelled(`The sandbox does not model ${set.join(', ')}.`);
}

const rejection = (status: number, code: number, message: string) => () => new DiscordError(status, code, message);

export const unauthorized = rejection(401, 0, '401: Unauthorized');
export const unknownChannel = rejection(404, 10003, 'Unknown Channel');
export const unknownGuild = rejection(404, 10004, 'Unknown Guild');
export const unknownMember = rejection(404, 10007, 'Unknown Member');
export const unknownMessage = rejection(404, 10008, 'Unknown Message');
export const unknownRole = rejection(404, 10011, 'Unknown Role');
export const unknownUser = rejection(404, 10013, 'Unknown User');
export const unknownWebhook = rejection(404, 10015, 'Unknown Webhook');
export const unknownInteraction = rejection(404, 10062, 'Unknown interaction');
export const unknownCommand = rejection(404, 10063, 'Unknown application command');
export const openingTooFast = rejection(403, 40003, 'You are opening direct messages too fast');
export const alreadyAcknowledged = rejection(400, 40060, 'Interaction has already been acknowledged.');
export const missingAccess = rejection(403, 50001, 'Missing Access');
export const emptyMessage = rejection(400, 50006, 'Cannot send an empty message');
export const cannotWrite = rejection(403, 50007, 'Cannot send messages to this user');
export const cannotOpen = rejection(400, 50007, 'Cannot send messages to this user');
export const missingPermissions = rejection(403, 50013, 'Missing Permissions');
export const invalidAccessToken = rejection(403, 50025, 'Invalid OAuth2 access token');
export const invalidWebhookToken = rejection(401, 50027, 'Invalid Webhook Token');
export const invalidRole = rejection(400, 50028, 'Invalid Role');
export const invalidRecipients = rejection(400, 50033, 'Invalid Recipient(s)');
export const invalidApiVersion = rejection(400, 50041, 'Invalid API version provided.');
export const invalidJson = rejection(400, 50109, 'The request body contains invalid JSON.');
export const noMutualGuilds = rejection(403, 50278, 'Cannot send messages to this user due to having no mutual guilds');
