import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal } from './testing/journal.ts';
import { OUTSIDER, testEnvironment } from './testing/start-test-bot.ts';

const MAIN = new URL('main.ts', import.meta.url).pathname;

/** Plain node, as in production: vitest would transform what Node rejects. */
function run(environment: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  const { NODE_COMPILE_CACHE } = process.env;
  const env = { NODE_COMPILE_CACHE, ...environment };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function runConnected() {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const child = run(testEnvironment(discord, 'http://127.0.0.1:1'));
  const journal = new Journal();
  createInterface(child.stdout).on('line', (line) => journal.write(line));
  await journal.line('connected to the gateway');
  return { discord, child, journal };
}

describe('main', () => {
  it('exits 1 and names every missing variable', async () => {
    const child = run({});
    const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    for (const name of ['INTERNAL_API_SECRET', 'DISCORD_TOKEN', 'DISCORD_GUILD_ID', 'PLAN_ROLES']) {
      expect(output).toContain(name);
    }
  });

  it('exits 1 and names the variable of a port that is in use', async () => {
    const discord = await startDiscord();
    onTestFinished(() => discord.close());
    const child = run({ ...testEnvironment(discord, 'http://127.0.0.1:1'), PORT: new URL(discord.webUrl).port });
    const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(output.trim()).toMatch(
      /^Configuration:\n {2}PORT \d+ is in use: end the program that uses it, or set another port$/,
    );
    expect(code).toBe(1);
  });

  it('starts under plain node and exits 0 on SIGTERM', async () => {
    const { child, journal } = await runConnected();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await journal.line('stopped');
  });

  it('exits 0 on SIGTERM during an outage of Discord', async () => {
    const { discord, child, journal } = await runConnected();
    discord.startOutage();
    await journal.line('the gateway connection is lost');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('survives a malformed dispatch and receives the next valid one', async () => {
    const { discord, child, journal } = await runConnected();
    discord.sendMalformedDispatch();
    await journal.line('the gateway client failed and goes on');
    discord.join(OUTSIDER);
    expect(await journal.line('the backend does not take events')).toMatchObject({ eventType: 'member_joined' });
    expect(child.exitCode).toBeNull();
  });

  it('exits with an error on any other uncaught error', async () => {
    const discord = await startDiscord();
    onTestFinished(() => discord.close());
    const environment = testEnvironment(discord, 'http://127.0.0.1:1');
    const fault = 'setTimeout(() => { throw new TypeError("elsewhere"); }, 500)';
    const child = run({ ...environment, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` });
    const [code] = await once(child, 'exit');
    expect(code).not.toBe(0);
  });
});
