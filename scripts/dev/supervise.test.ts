import { describe, expect, it } from 'vitest';
import type { ServiceProcess } from '../system/service-process.ts';
import { supervise } from './supervise.ts';

/** Processes whose coming up and ending the test decides. */
function fakes() {
  const spawned: { up(): void; end(code: number): void; signals: string[] }[] = [];
  const spawn = (): ServiceProcess => {
    const up = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    const gone = Promise.withResolvers<number | null>();
    const signals: string[] = [];
    const end = (code: number) => {
      gone.resolve(code);
      up.reject(new Error('bot ended before "started"'));
    };
    spawned.push({ up: () => up.resolve({}), end, signals });
    return {
      name: 'bot',
      pid: spawned.length,
      exited: gone.promise,
      line: () => up.promise,
      kill: (signal) => {
        signals.push(signal);
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

describe('a supervised process', () => {
  it('tells every state on its way up, down and up again', async () => {
    const { spawn, spawned, last } = fakes();
    const bot = supervise(spawn, 'started');
    const states: string[] = [];
    bot.onChange(() => states.push(bot.state));
    const up = bot.start();
    await asked();
    last().up();
    await up;
    const down = bot.stop();
    const again = bot.start();
    await asked();
    expect(spawned).toHaveLength(1);
    last().end(0);
    await down;
    await asked();
    last().up();
    await again;
    expect(states).toEqual(['starting', 'up', 'stopping', 'down', 'starting', 'up']);
    expect(spawned.map(({ signals }) => signals)).toEqual([['SIGTERM'], []]);
  });

  it('has failed when it ends though nobody asked, and only then', async () => {
    const { spawn, last } = fakes();
    const bot = supervise(spawn, 'started');
    let failed = false;
    void bot.failed.then(() => {
      failed = true;
    });
    const up = bot.start();
    await asked();
    last().up();
    await up;
    const down = bot.stop();
    await asked();
    last().end(0);
    await down;
    expect(failed).toBe(false);
    const again = bot.start();
    await asked();
    last().up();
    await again;
    last().end(3);
    expect(await bot.failed).toBe(3);
    expect(bot.state).toBe('down');
  });

  it('can be stopped while it starts; the start then says that it ended', async () => {
    const { spawn, last } = fakes();
    const bot = supervise(spawn, 'started');
    const up = expect(bot.start()).rejects.toThrow('bot ended before "started"');
    await asked();
    const down = bot.stop();
    last().end(0);
    await Promise.all([up, down]);
    expect(bot.state).toBe('down');
  });

  it('starts once and stops once, however often it is asked', async () => {
    const { spawn, spawned, last } = fakes();
    const bot = supervise(spawn, 'started');
    const ups = [bot.start(), bot.start()];
    await asked();
    last().up();
    await Promise.all(ups);
    const downs = [bot.stop(), bot.stop()];
    await asked();
    last().end(0);
    await Promise.all(downs);
    expect(spawned.map(({ signals }) => signals)).toEqual([['SIGTERM']]);
  });
});
