/* `make dev` itself, in a copy of the repository: its reaction to a saved file, and to a closed terminal. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Trees } from '../drift/trees.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { busyPorts, readSetting } from './setting.ts';

/** Ports of which the next ones are free too. */
async function freePorts() {
  for (;;) {
    const [PORT, INTERNAL_PORT, SANDBOX_PORT] = [0, 1, 2].map(
      (row) => 20_000 + row * 3_000 + Math.floor(Math.random() * 2_900),
    );
    const variables = { PORT: String(PORT), INTERNAL_PORT: String(INTERNAL_PORT), SANDBOX_PORT: String(SANDBOX_PORT) };
    if ((await busyPorts(readSetting(variables))).length === 0) return variables;
  }
}

function startDev(cwd: string, variables: Record<string, string>) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, NO_COLOR: '1', ...variables };
  // A process group of its own, as a job of a shell.
  const child = spawn(process.execPath, ['scripts/dev.ts'], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<{ text: string; resolve: (line: string) => void; reject: (error: Error) => void }>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const each of [...waiting].filter(({ text }) => line.includes(text))) {
        waiting.delete(each);
        each.resolve(line);
      }
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    for (const { text, reject } of waiting) reject(new Error(`ended before "${text}":\n${lines.join('\n')}`));
    return code as unknown;
  });
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    /** Resolves with the first line from now on that has this text. */
    line: (text: string) => new Promise<string>((resolve, reject) => void waiting.add({ text, resolve, reject })),
  };
}

const trees = new Trees();
const tree = trees.plant();
let dev: ReturnType<typeof startDev>;
let internal: string;

beforeAll(async () => {
  // Where tests run as root, Postgres runs as another account.
  chmodSync(trees.folder, 0o755);
  const ports = await freePorts();
  internal = `http://127.0.0.1:${ports.INTERNAL_PORT}`;
  dev = startDev(tree.folder, ports);
  await dev.line('Ctrl-C ends everything');
}, 120_000);

afterAll(async () => {
  if (dev) spawnSync('kill', ['-KILL', '--', `-${dev.pid}`]);
  await dev?.ended;
  trees.clear();
});

const startedAt = async () => {
  const response = await fetch(`${internal}/internal/health`, { headers: { authorization: `Bearer ${LOCAL_SECRET}` } });
  return ((await response.json()) as { started_at: string }).started_at;
};
const edit = (path: string, change: (text: string) => string) =>
  tree.write(path, change(readFileSync(tree.at(path), 'utf8')));
const HANDLER = 'bot/operations/health-check.ts';
const DOCUMENT = 'openapi/bot-internal.yaml';

it('a saved handler is reloaded', async () => {
  const reloaded = dev.line('The bot is up again');
  edit(HANDLER, (text) => text.replace('startedAt.toISOString()', "'2001-01-01T00:00:00.000Z'"));
  await reloaded;
  expect(await startedAt()).toBe('2001-01-01T00:00:00.000Z');
  expect(dev.lines.join('\n')).toContain(`Saved: ${HANDLER}`);
});

it('a handler that does not load is named, and the old one keeps running', async () => {
  const named = dev.line(HANDLER);
  const kept = dev.line('The bot goes on as it was');
  edit(HANDLER, (text) => `${text}\nexport const = ;\n`);
  expect(await named).toContain(HANDLER);
  await kept;
  expect(await startedAt()).toBe('2001-01-01T00:00:00.000Z');
  const reloaded = dev.line('The bot is up again');
  edit(HANDLER, (text) => text.replace('\nexport const = ;\n', ''));
  await reloaded;
});

it('a broken document is named, and both services keep running', async () => {
  const before = dev.lines.length;
  const kept = dev.line('both services go on as they were');
  edit(DOCUMENT, (text) => text.replace('operationId: healthCheck', 'operationId: [healthCheck'));
  await kept;
  expect(dev.lines.slice(before).join('\n')).toMatch(/openapi\/bot-internal\.yaml:\d+:\d+/);
  expect(await startedAt()).toBe('2001-01-01T00:00:00.000Z');
});

it('a saved document is compiled, and both services are replaced', async () => {
  const both = Promise.all([dev.line('The bot is up again'), dev.line('The backend is up again')]);
  const compiled = dev.line('generate: ');
  edit(DOCUMENT, (text) =>
    text
      .replace('operationId: [healthCheck', 'operationId: healthCheck')
      .replace('title: Moddy bot', 'title: Moddy bot, edited'),
  );
  await compiled;
  await both;
  const served = await fetch(`${internal}/openapi.yaml`, { headers: { authorization: `Bearer ${LOCAL_SECRET}` } });
  expect(await served.text()).toContain('title: Moddy bot, edited');
});

it('a second process names the port in use and starts nothing', async () => {
  const second = startDev(tree.folder, { PORT: new URL(internal).port, DISCORD_TOKEN: 'mine' });
  expect(await second.ended).toBe(1);
  expect(second.lines[0]).toContain('DISCORD_TOKEN given: with your own Discord, set DISCORD_GUILD_ID');
  expect(second.lines).toContainEqual(expect.stringMatching(/^Port \d+ \(bot, public\) is in use\. .*set PORT/));
});

it('every process ends when the terminal is closed', async () => {
  const processes = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const children = processes
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (parent === dev.pid ? [pid ?? 0] : []));
  // Both services and Postgres.
  expect(children).toHaveLength(3);
  process.kill(-dev.pid, 'SIGHUP');
  expect(await dev.ended).toBe(0);
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
