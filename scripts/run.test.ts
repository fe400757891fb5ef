import { spawnSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { Trees } from './drift/trees.ts';

const trees = new Trees();
const tree = trees.plant();
tree.write('.env', `INTERNAL_API_SECRET=mine\nDISCORD_GUILD_ID=1 # a server for tests\nPLAN_ROLES='{"free": ["2"]}'\n`);
afterAll(() => trees.clear());

/** Runs a program as make and npm do, in a copy of the repository that has a `.env`. */
function run(program: string, variables: Record<string, string> = {}) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/run.ts', program], {
    cwd: tree.folder,
    env: { PATH, NODE_COMPILE_CACHE, ...variables },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

it('a program has the variables of .env', () => {
  const { status, output } = run('bot/doctor.ts');
  expect(status).toBe(1);
  expect(output).toContain('DISCORD_TOKEN is required');
  expect(output).toContain('PLAN_ROLES must not have free');
  expect(output).not.toMatch(/INTERNAL_API_SECRET|DISCORD_GUILD_ID/);
});

it('a program in production does not have the variables of .env', () => {
  const { output } = run('bot/main.ts', { RAILWAY_ENVIRONMENT: 'production' });
  expect(output).toContain('INTERNAL_API_SECRET is required');
});
