import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts an operator command under plain node, as an operator does: vitest would transform what Node cannot run, and hide
 * it. Its environment is PATH and these variables alone.
 */
export function startCommand(name: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
  const file = fileURLToPath(new URL(`backend/operator/commands/${name}.ts`, ROOT));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const ended = Promise.withResolvers<Ended>();
  const env = { PATH, NODE_COMPILE_CACHE, ...variables };
  const child = execFile('node', [file, ...args], { env }, (_error, out, err) =>
    ended.resolve({ code: child.exitCode ?? -1, out, err }),
  );
  return {
    ended: ended.promise,
    printed: (text: string) =>
      new Promise<void>((resolve) => child.stdout?.on('data', (chunk) => String(chunk).includes(text) && resolve())),
  };
}

export const runCommand = (...command: Parameters<typeof startCommand>): Promise<Ended> =>
  startCommand(...command).ended;
