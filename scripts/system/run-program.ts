import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './repository.ts';

/** Runs a program to its end; never throws. */
export function run(command: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const [program = '', ...args] = command;
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (piece: Buffer) => {
      output += piece.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Works through a list with as many workers as there are processors to spare. */
export async function inParallel<Item>(items: readonly Item[], workers: number, work: (item: Item) => Promise<void>) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  // All workers end before a failure is reported, because the caller then removes their files.
  const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
