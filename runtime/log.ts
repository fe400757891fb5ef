import { type DestinationStream, pino } from 'pino';
import { withoutPersonal } from './without-personal.ts';

/**
 * The fields a log line may have. An allow-list, because a redaction list forgets: any other field is a type
 * error here and dropped at run time. None of them may hold what a user wrote, an e-mail, a phone or a secret.
 */
// biome-ignore format: a list read as a paragraph
export const ALLOWED = [
  'service', 'requestId', 'operationId', 'method', 'path', 'status', 'durationMs', 'outcome', 'reason', 'faults',
  'discordId', 'customerId', 'subscriptionId', 'eventId', 'eventType', 'deliveryId', 'kind', 'attempt', 'plan', 'action',
  'revision', 'guildId', 'roleId', 'port', 'address', 'count', 'waiting', 'retryInMs', 'retryAfterSeconds', 'signal',
  'variable', 'name', 'detail', 'version', 'error',
] as const;

const ALLOWED_NAMES: ReadonlySet<string> = new Set(ALLOWED);

export type Fields = { readonly [Field in (typeof ALLOWED)[number]]?: unknown };

/** One JSON line per call on stdout: `level`, `time`, `message`, and allowed fields. */
export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** @param destination where lines go, stdout unless a test listens. */
export function createLogger(level: LogLevel, service: string, destination?: DestinationStream): Logger {
  const out = pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous, so that the last line before an exit is never lost.
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  const line =
    (write: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}) =>
      out[write](allowed(fields), message);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function allowed(fields: Fields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined && ALLOWED_NAMES.has(field)) {
      kept[field] = value instanceof Error ? describeError(value) : value;
    }
  }
  return kept;
}

/**
 * Name, code, cleaned message and the frames that tell where; drivers put parameters into messages, so causes speak first.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  // drizzle's message holds the statement's parameters. Its cause is the database's error, and its stack shows the caller.
  if (error.name === 'DrizzleQueryError' || error.message.startsWith('Failed query'))
    return { ...describeError(error.cause), stack: framesOf(error) };
  return {
    name: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: withoutPersonal(error.message),
    stack: framesOf(error),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

const FRAMES = 5;

/** Where it was thrown, then the frames of our own code: below those of a library the handler would be cut off. */
function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').flatMap((row) => (row.startsWith('    at ') ? [row.trim()] : []));
  const own = frames.filter((frame) => !/[/\\]node_modules[/\\]|\(?node:/.test(frame));
  return [...new Set([...frames.slice(0, 1), ...own, ...frames])].slice(0, FRAMES);
}
