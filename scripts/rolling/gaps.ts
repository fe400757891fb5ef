import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../faults/cluster.ts';
import { ask } from './ask.ts';

/** How long something was unavailable, each time, in milliseconds. */
export interface Gaps {
  readonly privatePort: readonly number[];
  readonly gateway: readonly number[];
  stop(): Promise<void>;
}

const EVERY_MS = 10;

/** Watches the bot's private port with new connections, and its session at Discord. */
export function watchGaps({ botPorts, discord }: Cluster): Gaps {
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
