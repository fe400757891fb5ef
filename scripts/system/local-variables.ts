import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Environment, type Variables } from '@moddy/runtime/config';

const FILE = join(import.meta.dirname, '..', '..', '.env');

/**
 * The environment and, below it, the `.env` of the working copy. A deployment has only its environment: neither a
 * service reads the file by itself, nor a command that runs with the variables of production.
 */
export function localVariables(environment: Variables = process.env, file = FILE): Variables {
  if (new Environment(environment).production || !existsSync(file)) return environment;
  return { ...parseEnv(readFileSync(file, 'utf8')), ...environment };
}
