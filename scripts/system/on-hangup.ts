import { writeSync } from 'node:fs';

const CHECK_MS = 1_000;

/**
 * Calls back, once or more, when the terminal is closed. A shell sends SIGHUP to what it has started; make without a
 * shell above it, as in an editor's task, passes none on: then writing nothing to the terminal fails.
 */
export function onHangup(end: () => void): void {
  process.on('SIGHUP', end);
  // Writing to a terminal or pipe that is gone fails; the program ends as its terminal did.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
  if (!process.stdout.isTTY) return;
  const check = () => {
    try {
      writeSync(1, '');
    } catch {
      end();
    }
  };
  setInterval(check, CHECK_MS).unref();
}
