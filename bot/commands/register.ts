import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@moddy/runtime/back-off';
import { canonicalJson } from '@moddy/runtime/canonical-json';
import type { Logger } from '@moddy/runtime/log';
import type { DiscordRest } from '../discord/rest.ts';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import { DEFINITIONS } from './definitions.ts';

/** Makes the guild's commands be ours, writing only when they are not: Discord limits how often commands are created. */
export async function registerCommands(rest: DiscordRest, guildId: string): Promise<'registered' | 'unchanged'> {
  const { applicationId } = await rest.identity();
  const query = { with_localizations: true };
  const present = await rest.call((api) => api.applicationCommands.getGuildCommands(applicationId, guildId, query));
  if (
    canonicalJson(present.map(essence).toSorted(byName)) === canonicalJson(DEFINITIONS.map(essence).toSorted(byName))
  ) {
    return 'unchanged';
  }
  await rest.call((api) => api.applicationCommands.bulkOverwriteGuildCommands(applicationId, guildId, DEFINITIONS));
  return 'registered';
}

/** Registers until it has succeeded. Nothing waits for it: commands of an earlier start work meanwhile. */
export async function keepRegistering(
  rest: DiscordRest,
  guildId: string,
  { loginRetryMs, maxTokenRetryMs }: Timings,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const backOff = new BackOff(loginRetryMs, maxTokenRetryMs);
  const mayLog = throttleLog();
  while (!signal.aborted) {
    try {
      log.info('commands', { outcome: await registerCommands(rest, guildId) });
      return;
    } catch (error) {
      const retryInMs = backOff.next();
      if (mayLog('commands')) log.warn('the commands could not be registered yet', { error, retryInMs });
      await delay(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface Described {
  readonly name: string;
  readonly description?: string | undefined;
  readonly type?: number | undefined;
  readonly required?: boolean | undefined;
  readonly name_localizations?: object | null | undefined;
  readonly description_localizations?: object | null | undefined;
  readonly options?: readonly Described[] | undefined;
}

/** The parts of a command that we define; Discord adds ids, versions and defaults. */
const essence = (command: Described): object => ({
  name: command.name,
  type: command.type,
  description: command.description,
  names: command.name_localizations ?? {},
  descriptions: command.description_localizations ?? {},
  required: command.required ?? false,
  options: (command.options ?? []).map(essence),
});

const byName = (a: object, b: object): number => (canonicalJson(a) < canonicalJson(b) ? -1 : 1);
