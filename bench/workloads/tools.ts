import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { spreadOf } from '../measure.ts';
import { atMost, type Section } from '../report.ts';

export const generate = () => timed('make generate', ['scripts/generate.ts'], { goalSeconds: 2, times: 3 });
export const check = () => timed('make check', ['scripts/check.ts'], { goalSeconds: 20, times: 3 });
export const test = () => timed('make test', ['node_modules/vitest/vitest.mjs', 'run'], { goalSeconds: 360, times: 1 });

/** Times a command that a developer waits for. */
async function timed(
  title: string,
  command: readonly string[],
  { goalSeconds, times }: { readonly goalSeconds: number; readonly times: number },
): Promise<Section> {
  const seconds: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const startedAt = performance.now();
    const cwd = join(import.meta.dirname, '..', '..');
    const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${title} failed: run it alone to see why`);
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  return {
    title,
    note: 'wall time',
    rows: [{ name: 'whole', value: spreadOf(seconds), unit: 's', goal: atMost(goalSeconds) }],
  };
}
