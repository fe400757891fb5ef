import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Environment, orExit } from '@moddy/runtime/config';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { localVariables } from './system/local-variables.ts';
import { onHangup } from './system/on-hangup.ts';

/*
 * `node scripts/run.ts <program> [arguments]`: runs a program of ours with the environment and `.env`. A program of the
 * backend uses the database of DATABASE_URL or, when that is unset, a Postgres in `.data/` that is started and ended with it.
 */

const [program = '', ...args] = process.argv.slice(2);
const variables = await orExit(localVariables);
const environment = new Environment(variables);
const needsDatabase =
  program.startsWith('backend/') && !environment.production && !environment.optional('DATABASE_URL');

const database = needsDatabase ? await openKeptDatabase() : undefined;
const env = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled'),
  ...variables,
  ...(database && { DATABASE_URL: database.url }),
};
const child = spawn(process.execPath, [program, ...args], { env, stdio: 'inherit' });
// Ctrl-C reaches the program from the terminal itself; a second signal would end it at once.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
onHangup(() => child.kill('SIGTERM'));
child.once('exit', async (code) => {
  await database?.close();
  process.exitCode = code ?? 1;
});
