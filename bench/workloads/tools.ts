import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spreadOf } from '../measure/rounds.ts';
import type { Section } from '../report/result.ts';
import type { Workload } from './workload.ts';

const TIMES = 3;

/** What a developer waits for after every change. */
export const tools: Workload = async () => [
  await timed('make generate', ['scripts/generate.ts'], 2, TIMES),
  await timed('make check', ['scripts/check.ts'], 20, TIMES),
];

/** By name only: it alone takes as long as everything else together. */
export const tests: Workload = async () => [
  await timed('make test', ['node_modules/vitest/vitest.mjs', 'run'], 480, 1),
];

async function timed(title: string, command: readonly string[], goalSeconds: number, times: number): Promise<Section> {
  const seconds: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const startedAt = performance.now();
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const child = spawn(process.execPath, [...command], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${title} failed: run it alone to see why`);
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  return {
    title,
    note: 'wall time',
    rows: [
      { name: title, value: spreadOf(seconds), unit: 's', goal: { of: 'value', bound: 'at most', is: goalSeconds } },
    ],
  };
}
