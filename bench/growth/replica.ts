import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Replica {
  readonly pid: number;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../backend/main.ts', import.meta.url));

/** A backend as in production, in a process of its own; resolves when it takes up work. */
export async function startReplica(variables: Readonly<Record<string, string>>): Promise<Replica> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', INTERNAL_PORT: '0', LISTEN_HOST: '127.0.0.1', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  // Every line is read, as Railway reads them: a full pipe would stop the process.
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('"message":"ready"')) resolve();
    });
  });
  const failed = exited.then(([code]) => {
    throw new Error(`A replica ended with ${code} before it was ready`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => {}); // From here on its end is wanted.
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      process.removeListener('exit', onExit);
      child.kill('SIGTERM');
      await exited;
    },
  };
}
