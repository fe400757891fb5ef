import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface MeasuredService {
  readonly internalUrl: string;
  readonly url: string;
  /** From the start of the process to the first 200 of `/healthz`. */
  readonly startMs: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const POLL_MS = 4;
const GIVE_UP_MS = 60_000;

/** Starts a service as a deployment does, and waits until it says that it is ready. */
export async function startService(
  main: string,
  variables: Readonly<Record<string, string>>,
): Promise<MeasuredService> {
  const [port, internalPort] = [await freePort(), await freePort()];
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, [main], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      PATH: process.env.PATH,
      LISTEN_HOST: '127.0.0.1',
      ...variables,
      PORT: `${port}`,
      INTERNAL_PORT: `${internalPort}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  // A bench that fails leaves nothing running.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (signal: NodeJS.Signals = 'SIGKILL') => {
    process.off('exit', kill);
    child.kill(signal);
    await exited;
  };
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > GIVE_UP_MS) {
      await stop();
      throw new Error(`${main} did not start`);
    }
    await delay(POLL_MS);
  }
  const startMs = performance.now() - startedAt;
  return { url: `http://127.0.0.1:${port}`, internalUrl: `http://127.0.0.1:${internalPort}`, startMs, stop };
}

const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get({ port, host: '127.0.0.1', path: '/healthz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server's address is never a string or null.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
