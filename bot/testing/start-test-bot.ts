import { createBotClient } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import { type SandboxDiscord, startDiscord } from '@moddy/sandbox/discord/start-discord';
import { onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { startBot } from '../start.ts';
import { TIMINGS, type Timings } from '../timings.ts';
import { type FakeBackend, startFakeBackend } from './fake-backend.ts';
import { Journal } from './journal.ts';

/** The user's own document uses it. */
export const SECRET = 'test-secret-local';
export const MEMBER = '123456789012345678';
export const OTHER_MEMBER = '123456789';
export const OUTSIDER = '333444555666777888';
export const GUILD = '999888777666555444';
export const MAX_ROLE = '987654321098765432';
export const PLUS_ROLE = '111222333444555666';
export const ADMIN_ROLE = '555000000000000002';
export const MODERATOR_ROLE = '555000000000000003';
export const MANAGED_ROLE = '555000000000000004';

const TEST_TIMINGS: Timings = {
  ...TIMINGS,
  discordTimeoutMs: 500,
  guildMaxAgeMs: 0,
  guildHealthMaxAgeMs: 0,
  loginRetryMs: 20,
  rejectedLoginRetryMs: 50,
  identifySpacingMs: 20,
  identifiesPerWindow: 1_000,
  tokenRetryMs: 50,
  maxTokenRetryMs: 50,
  replyRetryMs: 10,
  eventRetryMs: 10,
  maxEventRetryMs: 20,
  flushEventsMs: 500,
  lameDuckMs: 0,
};

type Environment = Readonly<Record<string, string>>;

export interface TestBotOptions {
  readonly environment?: Environment | ((discord: SandboxDiscord) => Environment);
  readonly timings?: Partial<Timings>;
  /** Before the bot meets it. */
  readonly prepare?: (discord: SandboxDiscord) => void;
  /** False where the gateway cannot be reached: else the test begins, and so ends, connected. */
  readonly connects?: boolean;
  /** Ends it with the test where it is not given. */
  readonly end?: (cleanUp: () => Promise<void>) => void;
}

/** The bot with a Discord and a backend of its own, over real HTTP; gone when the test is. */
export async function startTestBot({
  environment = {},
  timings = {},
  prepare,
  connects = true,
  end = onTestFinished,
}: TestBotOptions = {}) {
  const discord = await startDiscord();
  end(() => discord.close());
  prepare?.(discord);
  const backend: FakeBackend = await startFakeBackend(SECRET);
  end(() => backend.close());
  const journal = new Journal();
  const variables = testEnvironment(discord, backend.url);
  const config = readConfig({
    ...variables,
    ...(typeof environment === 'function' ? environment(discord) : environment),
  });
  const log = createLogger('debug', 'discord-bot', journal);
  const bot = await startBot(config, log, { ...TEST_TIMINGS, ...timings });
  end(() => bot.stop());
  if (connects) await journal.line('connected to the gateway');
  const baseUrl = `http://127.0.0.1:${bot.ports.internal}`;
  return {
    bot,
    discord,
    backend,
    baseUrl,
    publicUrl: `http://127.0.0.1:${bot.ports.public}`,
    client: createBotClient({ baseUrl, secret: SECRET }),
    journal,
    /** One call of the private API, authenticated unless the headers say otherwise. */
    call: async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${SECRET}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const retryAfter = response.headers.get('retry-after');
      const answer: { status: number; body: unknown; retryAfter?: number } = {
        status: response.status,
        body: text === '' ? undefined : JSON.parse(text),
      };
      if (retryAfter !== null) answer.retryAfter = Number(retryAfter);
      return answer;
    },
  };
}

export type TestBot = Awaited<ReturnType<typeof startTestBot>>;

export const testEnvironment = (discord: SandboxDiscord, backendUrl: string): Record<string, string> => ({
  PORT: '0',
  INTERNAL_PORT: '0',
  LISTEN_HOST: '127.0.0.1',
  INTERNAL_API_SECRET: SECRET,
  BACKEND_INTERNAL_URL: backendUrl,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
  DISCORD_GUILD_ID: discord.guildId,
  PLAN_ROLES: JSON.stringify({ moddy_plus: [PLUS_ROLE], moddy_max: [MAX_ROLE] }),
  WEBSITE_URL: 'https://moddy.example',
});
