import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One JSON line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export type ServiceProcess = ReturnType<typeof startService>;

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts `node <main>` as a deployment would, with this environment only.
 * @param main the program, and its arguments if there are any
 */
export function startService(
  name: string,
  main: string | readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  onLine: (name: string, line: LogLine) => void = () => {},
  stdin: 'ignore' | 'pipe' = 'ignore',
) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ...variables };
  const child: ChildProcess = spawn(process.execPath, [main].flat(), {
    cwd: root,
    env,
    stdio: [stdin, 'pipe', 'pipe'],
  });
  // It may have ended before it read anything.
  child.stdin?.on('error', () => {});
  const waiting = new Set<{ message: string; resolve: (line: LogLine) => void; reject: (error: Error) => void }>();
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000);
  });
  if (child.stdout) {
    createInterface(child.stdout).on('line', (text) => {
      const line = parseLine(text);
      onLine(name, line);
      for (const each of waiting) {
        if (each.message !== line.message) continue;
        waiting.delete(each);
        each.resolve(line);
      }
    });
  }
  const exited = once(child, 'exit').then(([code]: unknown[]) => {
    for (const { message, reject } of waiting) reject(new Error(`${name} ended before "${message}": ${complaints}`));
    if (complaints !== '') onLine(name, { level: 'error', message: complaints.trim() });
    return typeof code === 'number' ? code : null;
  });
  return {
    name,
    pid: child.pid ?? 0,
    /** Resolves when the process is gone, with its exit code. */
    exited,
    /** Resolves with the first line from now on that has this message; rejects when the process ends before. */
    line: (message: string) =>
      new Promise<LogLine>((resolve, reject) => void waiting.add({ message, resolve, reject })),
    /** Writes a line to its standard input, if it has one. */
    begin: () => void child.stdin?.write('\n'),
    /** Sends the signal and resolves with the exit code when the process is gone. */
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal);
      return exited;
    },
  };
}

function parseLine(text: string): LogLine {
  try {
    // Our logger writes one object per line; anything else is shown as it is.
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'info', message: text };
  }
}
