import { parseArgs } from 'node:util';
import { BotClientError } from '@moddy/generated/bot-internal/client';
import { ConfigError, Environment, type Variables } from '@moddy/runtime/config';
import { describeError } from '@moddy/runtime/log';
import { LinkConflict } from '../billing/link-customer.ts';
import { readDatabase } from '../config.ts';
import type { Database } from '../database/database.ts';
import { MigrationsOutOfOrder } from '../database/migrate.ts';
import { openDatabase, openReadOnly } from '../database/open.ts';
import { JobBusy } from '../queue/claim-job.ts';
import { databaseFault } from './cures.ts';

/** The command line is wrong: exit 2 with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command cannot do its work; the message gives the reason: exit 1. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** An option of a command line: `--user <value>`, or `--dry`. */
interface Option {
  readonly type: 'string' | 'boolean';
  /** One line of the help. */
  readonly help: string;
}

type Values<Options extends Record<string, Option>> = {
  readonly [Name in keyof Options]?: Options[Name]['type'] extends 'string' ? string : boolean;
};

/** Every command has a dry run: it prints the changes that it would make, on connections that cannot write. */
const COMMON = {
  dry: {
    type: 'boolean',
    help: 'change nothing, only say what would be done; DRY=1 in the environment means the same',
  },
} as const;

export interface Command<Options extends Record<string, Option>> {
  readonly name: string;
  readonly about: string;
  readonly options: Options;
  /** @returns the exit code, if it is not 0. */
  readonly run: (deps: {
    readonly values: Values<Options>;
    readonly dry: boolean;
    readonly variables: Variables;
    readonly print: (...lines: readonly string[]) => void;
    /** The database of the environment, closed after the command; for a dry one so that nothing can be written. */
    readonly open: () => Database;
    /** Aborted by Ctrl-C and SIGTERM; a second one ends the process. */
    readonly signal: AbortSignal;
  }) => Promise<number | undefined>;
}

/**
 * Runs an operator command to its end: 0 done, 1 not done with one line that says why, 2 a wrong command line.
 * Everything printed is free of control characters: texts of others could otherwise write anywhere on the terminal.
 */
export async function runCommand<const Options extends Record<string, Option>>(
  command: Command<Options>,
): Promise<void> {
  const stopping = new AbortController();
  let database: Database | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stopping.abort(new OperatorError('Stopped')));
  try {
    const values = parse(command);
    if (values === 'help') {
      console.log(helpOf(command));
      return;
    }
    const dry = values.dry === true || isDry(process.env.DRY);
    process.exitCode = await command.run({
      values,
      dry,
      variables: process.env,
      print: (...lines) => {
        for (const line of lines) console.log(printable(line).replaceAll('\n', ' '));
      },
      open: () => {
        const env = new Environment(process.env);
        const address = env.done(readDatabase(env));
        database = dry ? openReadOnly(address) : openDatabase(address);
        return database;
      },
      signal: stopping.signal,
    });
  } catch (error) {
    // An interrupted step fails with an error of its own, which would mislead.
    console.error(printable(stopping.signal.aborted ? 'Stopped.' : explain(error)));
    if (error instanceof UsageError) console.error(`\n${helpOf(command)}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    await database?.close();
  }
}

/** Every value that is not a clear no means yes: a dry run does no harm. */
const isDry = (text = ''): boolean => !['', '0', 'false', 'no', 'off'].includes(text.trim().toLowerCase());

function parse<Options extends Record<string, Option>>({
  options,
}: Command<Options>): (Values<Options> & Values<typeof COMMON>) | 'help' {
  const known = { ...options, ...COMMON, help: { type: 'boolean', help: '' } } as const;
  const { values, tokens } = parseTokens(known);
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
  for (const [name, { type }] of Object.entries(options)) {
    if (type === 'string' && values[name] === '') throw new UsageError(`--${name} needs a value`);
  }
  if (values.help === true) return 'help';
  // parseArgs in strict mode answers exactly the options it was given, each of its type.
  return values as Values<Options> & Values<typeof COMMON>;
}

function parseTokens(options: Record<string, Option>) {
  try {
    const parsed = parseArgs({ options, strict: true, allowPositionals: false, tokens: true });
    // As it comes from a document or a chat.
    const trimmed = Object.entries(parsed.values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.trim() : value,
    ]);
    return { values: Object.fromEntries(trimmed), tokens: parsed.tokens };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unreadable arguments');
  }
}

function helpOf<Options extends Record<string, Option>>({ name, about, options }: Command<Options>): string {
  const rows = Object.entries<Option>({ ...options, ...COMMON }).map(([option, { type, help }]) => {
    const flag = `--${option}${type === 'string' ? ' X' : ''}`;
    return `  ${flag.padEnd(18)} ${help}`;
  });
  return [`node backend/operator/commands/${name}.ts`, about, '', ...rows].join('\n');
}

/** By the SDK's class of error. */
const CURES_OF_STRIPE: Readonly<Record<string, string>> = {
  StripeAuthenticationError: '; set STRIPE_API_KEY to a key of the API keys page of your account',
  StripeConnectionError: '; is the way out of the network open, and STRIPE_API_URL unset? See status.stripe.com',
  StripePermissionError: '; make doctor names every right that the key needs',
};

function explain(error: unknown): string {
  const explained = [ConfigError, UsageError, OperatorError, MigrationsOutOfOrder, LinkConflict, JobBusy];
  if (error instanceof LinkConflict && error.reason === 'owned') return `${error.message} --force takes it from them.`;
  if (explained.some((known) => error instanceof known)) return messageOf(error);
  // Before the database: a bot and a Stripe that are unavailable show the same codes of the network.
  if (error instanceof BotClientError)
    return `The bot: ${messageOf(error)}; is BOT_INTERNAL_URL right, and is it running? make doctor names the cause.`;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('type' in at && typeof at.type === 'string' && at.type.startsWith('Stripe'))
      return `Stripe: ${describeError(at).message}${CURES_OF_STRIPE[at.type] ?? ''}`;
  }
  const fault = databaseFault(error, 'DATABASE_URL');
  return fault ? `The database is ${fault.detail}; ${fault.cure}` : clean(error);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown error');

/** Without secrets, personal data and statements' parameters, as in the log. */
function clean(error: unknown): string {
  const { name, message } = describeError(error);
  return `${String(name)}: ${String(message ?? 'unknown error')}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are removed
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function printable(text: string): string {
  return text.replace(CONTROL, '�');
}
