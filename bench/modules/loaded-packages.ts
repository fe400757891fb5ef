import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = new URL('../..', import.meta.url);

/**
 * What a service loads until its log says `line`: the names of packages, and for our own files their path in the
 * repository.
 */
export async function loadedBy(
  main: string,
  variables: Readonly<Record<string, string>>,
  line: string,
): Promise<ReadonlySet<string>> {
  const loaded = new Set<string>();
  const child = fork(fileURLToPath(new URL(main, root)), {
    cwd: fileURLToPath(root),
    env: { PATH: process.env.PATH, LISTEN_HOST: '127.0.0.1', PORT: '0', INTERNAL_PORT: '0', ...variables },
    execArgv: ['--import', fileURLToPath(new URL('./record.ts', import.meta.url))],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.on('message', (url: string) => loaded.add(nameOf(url)));
  const exited = once(child, 'exit');
  const received = new Promise<void>((resolve, reject) => {
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(`"message":"${line}"`)) resolve();
    });
    void exited.then(() => reject(new Error(`${main} ended before "${line}": ${log}`)));
  });
  try {
    await received;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
  return loaded;
}

/** `pg`, `@hono/node-server`, or `runtime/log.ts`. */
function nameOf(url: string): string {
  const [, inPackage] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return inPackage ?? url.replace(root.href, '');
}
