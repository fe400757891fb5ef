import type { Controls } from './controls.ts';
import type { Fields } from './fields.ts';
import { ControlError } from './fields.ts';
import { readLocale } from './read-locale.ts';

/** Runs a command and waits for its answer, so that one call tells the whole story. */
export async function invoke(discord: Controls, fields: Fields) {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields.optionalRecord('options') ?? {})) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ControlError(`options.${name} must be a string, a number or a boolean.`);
    }
    values[name] = value;
  }
  const locale = readLocale(fields);
  const direct = fields.optionalFlag('direct');
  const invocation = discord.invokeCommand(fields.text('userId'), fields.text('name'), values, {
    ...(locale ? { locale } : {}),
    ...(direct === undefined ? {} : { direct }),
  });
  const message = await discord.waitForAnswer(invocation, fields.optionalNumber('timeoutMs'));
  return { id: invocation.id, state: invocation.state, ephemeral: invocation.ephemeral, message };
}
