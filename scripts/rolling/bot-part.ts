import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../faults/cluster.ts';
import { startLoad } from '../faults/load.ts';
import { ask } from './ask.ts';
import { type Part, spread } from './part.ts';

const BETWEEN_MS = 1_000;

/** One process only, so there is a gap; deliveries wait meanwhile. */
export const botPart: Part = {
  name: 'bot: restarted without overlap under payments',
  run: async (cluster, _tally, { times, slower = 1 }, onStep) => {
    const load = startLoad(cluster, { everyMs: 60 * slower });
    const gaps = watchGaps(cluster);
    try {
      for (let done = 1; done <= times; done += 1) {
        await delay(BETWEEN_MS);
        await restartBot(cluster);
        onStep(done);
      }
      await delay(BETWEEN_MS);
    } finally {
      await Promise.all([load.stop(), gaps.stop()]);
    }
    const notes = [
      spread('gap of the private port', gaps.privatePort),
      spread('gap of the gateway session', gaps.gateway),
    ];
    const faults = [gaps.privatePort, gaps.gateway]
      .filter(({ length }) => length !== times)
      .map(({ length }) => `${length} gaps seen in ${times} restarts`);
    return { memberIds: load.memberIds, notes, faults };
  },
};

/** As a platform without overlap: the old process is gone before the new one starts. */
export async function restartBot({ bot }: Cluster, overrides?: Readonly<Record<string, string>>): Promise<void> {
  const code = await bot.kill('SIGTERM');
  if (code !== 0) throw new Error(`The bot ended with ${code} instead of 0`);
  await bot.start(overrides);
}

const EVERY_MS = 10;

/** Watches the bot's private port with new connections, and its session at Discord. */
function watchGaps({ botPorts, discord }: Cluster) {
  const privatePort: number[] = [];
  const gateway: number[] = [];
  const stopping = new AbortController();
  const agent = new Agent();
  const watch = async () => {
    let answeredAt = performance.now();
    let offline = false;
    while (!stopping.signal.aborted) {
      const answers = await ask(agent, `http://127.0.0.1:${botPorts.internalPort}/`, {}, [200]).then(
        () => true,
        () => false,
      );
      const now = performance.now();
      if (answers && offline) privatePort.push(now - answeredAt);
      if (answers) answeredAt = now;
      offline = !answers;
      await delay(EVERY_MS);
    }
  };
  let leftAt: number | undefined;
  const forget = discord.on((change) => {
    if (change.type !== 'gateway') return;
    if (change.state === 'disconnected' || change.state === 'invalidated') leftAt ??= performance.now();
    else if (leftAt !== undefined) {
      gateway.push(performance.now() - leftAt);
      leftAt = undefined;
    }
  });
  const watching = watch();
  return {
    privatePort,
    gateway,
    stop: async () => {
      stopping.abort();
      forget();
      await watching;
    },
  };
}
