import { describe, expect, it } from 'vitest';
import type { ServiceProcess } from '../system/service-process.ts';
import { supervise } from './supervise.ts';

/** Processes whose loading, coming up and ending the test decides. */
function fakes() {
  const spawned: { load(): void; up(): void; end(code: number): void; signals: string[] }[] = [];
  const spawn = (): ServiceProcess => {
    const loaded = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    const up = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    const gone = Promise.withResolvers<number | null>();
    // As with a real one, both reject, awaited or not.
    for (const { promise } of [loaded, up]) promise.catch(() => {});
    const signals: string[] = [];
    const end = (code: number) => {
      gone.resolve(code);
      for (const { reject } of [loaded, up]) reject(new Error('bot ended'));
    };
    spawned.push({ load: () => loaded.resolve({}), up: () => up.resolve({}), end, signals });
    return {
      name: 'bot',
      pid: spawned.length,
      exited: gone.promise,
      line: (message) => (message === 'loaded' ? loaded.promise : up.promise),
      begin: () => void signals.push('begin'),
      kill: (signal) => {
        signals.push(signal);
        if (signal === 'SIGKILL') end(137);
        return gone.promise;
      },
    };
  };
  const last = () => {
    const latest = spawned.at(-1);
    if (!latest) throw new Error('nothing was spawned');
    return latest;
  };
  return { spawn, spawned, last };
}

const asked = () => new Promise((resolve) => setImmediate(resolve));

/** A supervised process that is up. */
async function startUp(onEnd?: (code: number | null) => void) {
  const { spawn, spawned, last } = fakes();
  const bot = supervise(spawn, 'started', onEnd);
  const up = bot.start();
  await asked();
  last().load();
  last().up();
  await up;
  return { bot, spawned, last };
}

describe('a supervised process', () => {
  it('reports every state while it starts, stops and starts again', async () => {
    const { spawn, spawned, last } = fakes();
    const bot = supervise(spawn, 'started');
    const states: string[] = [];
    bot.onChange(() => states.push(bot.state));
    const up = bot.start();
    await asked();
    last().load();
    last().up();
    await up;
    const down = bot.stop();
    const again = bot.start();
    await asked();
    expect(spawned).toHaveLength(1);
    last().end(0);
    await down;
    await asked();
    last().load();
    last().up();
    await again;
    expect(states).toEqual(['starting', 'up', 'stopping', 'down', 'starting', 'up']);
    expect(spawned.map(({ signals }) => signals)).toEqual([['begin', 'SIGTERM'], ['begin']]);
  });

  it('calls back only when it ends unexpectedly; a reload starts it again', async () => {
    const ends: (number | null)[] = [];
    const { bot, spawned, last } = await startUp((code) => ends.push(code));
    last().end(3);
    await asked();
    expect(bot.state).toBe('down');
    const again = bot.reload();
    await asked();
    last().load();
    last().up();
    await again;
    const down = bot.stop();
    await asked();
    last().end(0);
    await down;
    expect(ends).toEqual([3]);
    expect(spawned).toHaveLength(2);
  });

  it('keeps running until a new process is loaded, which replaces it', async () => {
    const { bot, spawned, last } = await startUp();
    const states: string[] = [];
    bot.onChange(() => states.push(bot.state));
    const reloaded = bot.reload();
    await asked();
    expect(spawned.map(({ signals }) => signals)).toEqual([['begin'], []]);
    last().load();
    await asked();
    last().up();
    await reloaded;
    expect(states).toEqual(['starting', 'up']);
    expect(spawned.map(({ signals }) => signals)).toEqual([['begin', 'SIGKILL'], ['begin']]);
  });

  it('keeps running when the new process does not load', async () => {
    const ends: (number | null)[] = [];
    const { bot, spawned, last } = await startUp((code) => ends.push(code));
    const reloaded = expect(bot.reload()).rejects.toThrow('bot ended');
    await asked();
    last().end(1);
    await reloaded;
    expect(bot.state).toBe('up');
    expect(ends).toEqual([]);
    expect(spawned[0]?.signals).toEqual(['begin']);
  });

  it('stays stopped after a reload', async () => {
    const { bot, spawned, last } = await startUp();
    const down = bot.stop();
    await asked();
    last().end(0);
    await down;
    await bot.reload();
    expect(spawned).toHaveLength(1);
  });

  it('can be stopped while it starts, which rejects the start', async () => {
    const { spawn, last } = fakes();
    const bot = supervise(spawn, 'started');
    const up = expect(bot.start()).rejects.toThrow('bot ended');
    await asked();
    const down = bot.stop();
    last().end(0);
    await Promise.all([up, down]);
    expect(bot.state).toBe('down');
  });

  it('starts once and stops once, however often it is called', async () => {
    const { spawn, spawned, last } = fakes();
    const bot = supervise(spawn, 'started');
    const ups = [bot.start(), bot.start()];
    await asked();
    last().load();
    last().up();
    await Promise.all(ups);
    const downs = [bot.stop(), bot.stop()];
    await asked();
    last().end(0);
    await Promise.all(downs);
    expect(spawned.map(({ signals }) => signals)).toEqual([['begin', 'SIGTERM']]);
  });
});
