import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, Environment, type Variables } from '@moddy/runtime/config';

const FILE = join(import.meta.dirname, '..', '..', '.env');

/**
 * The environment and, below it, the `.env` of the working copy. A deployment has only its environment: neither a
 * service reads the file by itself, nor a command that runs with the variables of production.
 * @throws {ConfigError} for lines of the file that would be lost
 */
export function localVariables(environment: Variables = process.env, file = FILE): Variables {
  if (new Environment(environment).production || !existsSync(file)) return environment;
  const bytes = readFileSync(file);
  // Editors and shells of Windows write UTF-16, or a mark before UTF-8, which the decoder takes away.
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
  const faults = lostLines(text);
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...parseEnv(text), ...environment };
}

/** Node passes over a line that is no assignment, and takes the last of two assignments to one name. */
function lostLines(text: string): string[] {
  const lineOf = new Map<string, number>();
  // Quoted values may have lines of their own.
  const withoutValues = text.replace(/=[ \t]*(['"`])[\s\S]*?\1/g, (value) => `=${value.replace(/[^\n]/g, '')}`);
  return withoutValues.split('\n').flatMap((row, index) => {
    const line = index + 1;
    if (/^\s*(?:#|$)/.test(row)) return [];
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(row)?.[1];
    if (name === undefined) return [`.env line ${line} must be NAME=value, or begin with #`];
    const first = lineOf.get(name);
    lineOf.set(name, line);
    return first === undefined ? [] : [`.env sets ${name} twice, in lines ${first} and ${line}: remove one of them`];
  });
}
