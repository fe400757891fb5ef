import { spawn } from 'node:child_process';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';

/*
 * `node scripts/with-database.ts <program> [arguments]`: runs a program of the backend on the database of DATABASE_URL or,
 * when that is unset, on a real Postgres in `.data/` that is started and ended with the program.
 */

const [program = '', ...args] = process.argv.slice(2);
const { DATABASE_URL, RAILWAY_ENVIRONMENT, NODE_ENV } = process.env;
const isGiven = Boolean(DATABASE_URL?.trim()) || Boolean(RAILWAY_ENVIRONMENT) || NODE_ENV === 'production';

const database = isGiven ? undefined : await openKeptDatabase();
const env = database ? { ...process.env, DATABASE_URL: database.url } : process.env;
const child = spawn(process.execPath, [program, ...args], { env, stdio: 'inherit' });
// Ctrl-C reaches the program from the terminal itself; a second signal would end it at once.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', async (code) => {
  await database?.close();
  process.exitCode = code ?? 1;
});
