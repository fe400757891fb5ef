import { styleText } from 'node:util';
import type { LogLine } from './service-process.ts';

const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;
const HIDDEN: ReadonlySet<string> = new Set(['level', 'time', 'message', 'service']);

/** A log line for a person: `12:00:01 bot      info  request operationId=notifyUser status=200`. */
export function printLine(name: string, line: LogLine): void {
  const level = String(line.level ?? 'info');
  const colour = level in COLOURS ? COLOURS[level as keyof typeof COLOURS] : 'gray';
  const time = String(line.time ?? new Date().toISOString()).slice(11, 19);
  const fields = Object.entries(line)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => styleText('gray', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  console.log(
    [styleText('gray', time), name.padEnd(8), styleText(colour, level.padEnd(5)), line.message, ...fields].join(' '),
  );
}
