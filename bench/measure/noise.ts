import { availableParallelism, cpus, loadavg } from 'node:os';
import { percentile } from '../statistics.ts';

export interface Noise {
  readonly processor: string;
  readonly cores: number;
  readonly load: number;
  /** How much longer than its fastest run a fixed piece of work took, in the slowest tenth of its runs. */
  readonly slowdown: number;
  readonly verdict: 'quiet' | 'busy' | 'noisy';
}

const RUNS = 60;
const QUIET = 1.1;
const BUSY = 1.4;

/** How evenly this machine works at the moment: the same work again and again, nothing else of ours running. */
export function measureNoise(): Noise {
  const times = Array.from({ length: RUNS }, spin).slice(RUNS / 4);
  const slowdown = percentile(times, 0.9) / Math.min(...times);
  const cores = availableParallelism();
  const load = loadavg()[0] ?? 0;
  // A short measurement may be lucky, and the load of the last minute may be over: quiet is what both call so.
  const isQuiet = slowdown < QUIET && load < cores / 2;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    load: Math.round(load * 10) / 10,
    slowdown: Math.round(slowdown * 100) / 100,
    verdict: isQuiet ? 'quiet' : slowdown < BUSY ? 'busy' : 'noisy',
  };
}

function spin(): number {
  const startedAt = performance.now();
  let value = 1;
  for (let turn = 0; turn < 4_000_000; turn += 1) value = (value * 1_103_515_245 + turn) | 0;
  // Read, so that the loop is not optimised away.
  return value === 0.5 ? 0 : performance.now() - startedAt;
}

export const noiseText = ({ processor, cores, load, slowdown, verdict }: Noise): string =>
  `${cores} × ${processor}, Node ${process.versions.node}; load ${load}; the same work took up to ${slowdown.toFixed(2)}× its best time: ${verdict}${verdict === 'quiet' ? '' : ', so read the ratios and not the figures'}`;
