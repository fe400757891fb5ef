import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The options of the command line. A wrong one ends the program: nothing has started yet. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return exitFor(error instanceof Error ? error.message : String(error));
  }
}

/** The number of an option, or the fallback if it is not given. Anything else ends the program. */
export function wholeNumber(name: string, text: string, fallback: number, min = 1): number {
  if (text === '') return fallback;
  if (/^\d{1,10}$/.test(text) && Number(text) >= min) return Number(text);
  return exitFor(`--${name} must be a whole number from ${min}: ${text}`);
}

function exitFor(message: string): never {
  console.error(message);
  process.exit(2);
}
