import { recordOf } from './is-record.ts';

/** Every missing or wrong variable of a service's environment, all at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** For a program's start: what `run` answers, or the faults of its environment on stderr and exit 1. */
export async function orExit<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

export type Variables = Readonly<Record<string, string | undefined>>;

export interface UrlRules {
  readonly schemes?: readonly string[];
  readonly withUser?: boolean;
}

/** The schemes of a link that a visitor follows. */
const LINKS = ['http:', 'https:', 'mailto:'];

/** Shortest secret that production accepts, in characters. */
const MIN_SECRET_LENGTH = 32;

/**
 * Reads variables and collects every fault; `done` throws them together. Empty means unset. After a fault a reader
 * answers a placeholder of its type, which never leaves: `done` throws first.
 */
export class Environment {
  readonly #variables: Variables;
  readonly #faults: string[] = [];
  /** A deployment: missing databases and short secrets are faults there. */
  readonly production: boolean;

  constructor(variables: Variables) {
    this.#variables = variables;
    this.production = this.optional('RAILWAY_ENVIRONMENT') !== undefined || this.optional('NODE_ENV') === 'production';
  }

  optional(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  required(name: string, what: string): string {
    return this.optional(name) ?? this.fault(name, `is required: ${what}`, '');
  }

  secret(name: string, what: string): string {
    return this.#strong(name, this.required(name, what));
  }

  optionalSecret(name: string): string | undefined {
    const value = this.optional(name);
    return value === undefined ? undefined : this.#strong(name, value);
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return this.fault(name, `must be a whole number from ${min} to ${max}`, fallback);
  }

  port(name: string, fallback: number): number {
    return this.integer(name, fallback, 0, 65_535);
  }

  /** The public and the private listener's. */
  ports(): { readonly public: number; readonly internal: number } {
    const ports = { public: this.port('PORT', 8080), internal: this.port('INTERNAL_PORT', 3000) };
    if (ports.public !== ports.internal || ports.public === 0) return ports;
    return this.fault(
      'INTERNAL_PORT',
      `must not be ${ports.public}, the one of PORT: the private API is never public`,
      ports,
    );
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    return values.find((value) => value === text) ?? this.fault(name, `must be one of ${values.join(', ')}`, fallback);
  }

  /** An origin with an optional path; no query, and no user unless that is how the scheme works. */
  url(name: string, fallback: string, { schemes = ['http:', 'https:'], withUser = false }: UrlRules = {}): string {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (
      url &&
      schemes.includes(url.protocol) &&
      (withUser || (!url.username && !url.password && !url.search && !url.hash))
    ) {
      return text.replace(/\/+$/, '');
    }
    const form = `must be a URL (${schemes.join(' or ')})`;
    const rule = withUser
      ? '; special characters of a password are written percent-encoded'
      : ' without user, query or fragment';
    return this.fault(name, form + rule, fallback);
  }

  /** A link to follow: an address of the web with any query and fragment, or `mailto:`. */
  optionalLink(name: string): string | undefined {
    const text = this.optional(name);
    const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
    if (text === undefined || (url && LINKS.includes(url.protocol) && !url.username && !url.password)) return text;
    return this.fault(name, `must be a link (${LINKS.join(' or ')}) without user`, undefined);
  }

  optionalUrl(name: string): string | undefined {
    return this.optional(name) === undefined ? undefined : this.url(name, '');
  }

  /**
   * A JSON object of string lists, `{"moddy_max": ["…"]}`, in the order written; every list has an entry.
   * @param options `mayBeEmpty`: `{}` is an answer too; unset never is.
   */
  lists(
    name: string,
    what: string,
    entry: RegExp,
    { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {},
  ): ReadonlyMap<string, readonly string[]> {
    const text = this.required(name, what);
    const lists = text === '' ? undefined : parseLists(text, entry);
    if (text === '' || (lists !== undefined && (lists.size > 0 || mayBeEmpty))) return lists ?? new Map();
    return this.fault(
      name,
      `must be JSON like {"moddy_max": ["…"]}${mayBeEmpty ? '' : ' with at least one plan'}; ${what}`,
      new Map(),
    );
  }

  /** Notes a fault and answers the placeholder. Values are not repeated: they may be secrets. */
  fault<Value>(name: string, problem: string, placeholder: Value): Value {
    this.#faults.push(`${name} ${problem}`);
    return placeholder;
  }

  /** @throws {ConfigError} if anything was wrong. */
  done<Config>(config: Config): Config {
    if (this.#faults.length > 0) throw new ConfigError(this.#faults);
    return config;
  }

  #strong(name: string, value: string): string {
    if (!this.production || value === '' || value.length >= MIN_SECRET_LENGTH) return value;
    return this.fault(
      name,
      `must have at least ${MIN_SECRET_LENGTH} characters in production (make secret prints one)`,
      value,
    );
  }
}

function parseLists(text: string, entry: RegExp): ReadonlyMap<string, readonly string[]> | undefined {
  const value = recordOf(text);
  if (value === undefined) return undefined;
  const lists = new Map<string, readonly string[]>();
  for (const [key, list] of Object.entries(value)) {
    if (!Array.isArray(list) || list.length === 0) return undefined;
    const entries = list.filter((item): item is string => typeof item === 'string' && entry.test(item));
    if (entries.length !== list.length) return undefined;
    lists.set(key, entries);
  }
  return lists;
}
