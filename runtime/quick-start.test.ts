import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const backend = fileURLToPath(new URL('../backend', import.meta.url));
const run = (script: string, ...options: string[]) =>
  promisify(execFile)(process.execPath, [...options, '--input-type=module', '-e', script], { cwd: backend });

const QUICK = "(await import('@moddy/runtime/quick-start')).startQuickly(['drizzle-orm', 'hono', 'stripe', 'zod']);";

it('finds the modules that Node finds', async () => {
  const names = `
    for (const name of ['drizzle-orm', 'drizzle-orm/node-postgres', 'hono', 'hono/html', 'stripe', 'zod', './start.ts'])
      console.log(Object.keys(await import(name)).join(), import.meta.resolve(name));
  `;
  expect((await run(QUICK + names)).stdout).toBe((await run(names)).stdout);
});

it('does without a folder that it may write', async () => {
  const url = new URL('../', import.meta.url);
  // Node's own permission model stands for a read-only file system.
  const readOnly = ['--permission', `--allow-fs-read=${fileURLToPath(url)}*`];
  const { stdout } = await run(`${QUICK}await import('drizzle-orm/node-postgres');console.log('loaded')`, ...readOnly);
  expect(stdout).toBe('loaded\n');
});
