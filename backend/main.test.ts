import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createDatabase, query } from '@moddy/sandbox/postgres';
import { describe, expect, inject, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Under plain node: vitest would transform what Node cannot run, and hide it. */
function start(variables: Record<string, string>) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn('node', [main], {
    env: { PATH, NODE_COMPILE_CACHE, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    exit: once(child, 'exit').then(([code]) => ({ code: code as unknown, stderr })),
    /** Resolves with the line that has this message. */
    line: async (message: string): Promise<Record<string, unknown>> => {
      for await (const text of createInterface(child.stdout)) {
        const line = JSON.parse(text) as Record<string, unknown>;
        if (line.message === message) return line;
      }
      throw new Error(`Ended without "${message}": ${stderr}`);
    },
  };
}

const VARIABLES = {
  PORT: '0',
  INTERNAL_PORT: '0',
  LISTEN_HOST: '127.0.0.1',
  INTERNAL_API_SECRET: 'test-secret-local',
  BOT_INTERNAL_URL: 'http://127.0.0.1:1',
  STRIPE_API_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  PLAN_PRICES: '{"moddy_max": ["price_1"]}',
};

describe('node backend/main.ts', () => {
  it('starts under plain node, logs its port in one JSON line, and exits 0 on SIGTERM', async () => {
    const backend = start({ ...VARIABLES, DATABASE_URL: await createDatabase(inject('postgresUrl')) });
    const { port } = await backend.line('listening');
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([200, 503]).toContain(answered.status);
    backend.child.kill('SIGTERM');
    expect(await backend.exit).toEqual({ code: 0, stderr: '' });
  });
  it('exits 0 on SIGTERM while it waits for its database', async () => {
    const backend = start({ ...VARIABLES, DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' });
    await backend.line('waiting for the database');
    backend.child.kill('SIGTERM');
    expect(await backend.exit).toEqual({ code: 0, stderr: '' });
  });
  it.each([
    ['with another password', (url: string) => url.replace(/:[^:@]+@/, ':s3cret@'), 'closed to this user'],
    ['with another name', (url: string) => `${url}_typo`, 'not on this server'],
  ])('waits for a database %s, and logs the fix without the password', async (_what, addressOf, detail) => {
    const url = addressOf(await createDatabase(inject('postgresUrl')));
    const backend = start({ ...VARIABLES, DATABASE_URL: url });
    const line = await backend.line('waiting for the database');
    expect(line.detail).toMatch(new RegExp(`^DATABASE_URL: the database is ${detail}; correct .*DATABASE_URL`));
    expect(JSON.stringify(line)).not.toContain('s3cret');
    backend.child.kill('SIGTERM');
    expect(await backend.exit).toEqual({ code: 0, stderr: '' });
  });
  it('exits 1 when the database user may not create tables', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    await query(
      url,
      "do $$ begin create role guest login password 'guest'; exception when duplicate_object or unique_violation then end $$",
    );
    const { code, stderr } = await start({ ...VARIABLES, DATABASE_URL: url.replace(/:\/\/[^@]+@/, '://guest:guest@') })
      .exit;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'Configuration:\n  DATABASE_URL: the database is not fully open to this user; the user of DATABASE_URL has to own the database and its tables\n',
    });
  });
  it.each([
    [{ LISTEN_HOST: 'no host' }, 'LISTEN_HOST is no address of this machine (ENOTFOUND): unset it'],
    [{ LISTEN_HOST: '192.0.2.1' }, 'LISTEN_HOST is no address of this machine (EADDRNOTAVAIL): unset it'],
    [
      { PORT: '3000', INTERNAL_PORT: '3000' },
      'INTERNAL_PORT must not be 3000, the one of PORT: the private API is never public',
    ],
  ])('exits 1 and names the fault of %j', async (variables, fault) => {
    const database = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };
    expect(await start({ ...VARIABLES, ...database, ...variables }).exit).toEqual({
      code: 1,
      stderr: `Configuration:\n  ${fault}\n`,
    });
  });
  it('exits 1 and names every fault of its configuration on stderr', async () => {
    const { code, stderr } = await start({ PORT: 'x' }).exit;
    expect(code).toBe(1);
    for (const name of ['PORT', 'INTERNAL_API_SECRET', 'STRIPE_API_KEY', 'STRIPE_WEBHOOK_SECRET', 'PLAN_PRICES']) {
      expect(stderr).toContain(name);
    }
  });
});
