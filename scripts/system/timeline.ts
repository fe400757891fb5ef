import { styleText } from 'node:util';

export interface Timeline {
  /** Runs one step and prints how long it took, or that it failed. */
  step(name: string, run: () => Promise<string | undefined>): Promise<void>;
  readonly durationMs: () => number;
}

/** Prints a story as it happens: `  1.2 s   +35 ms  pays for Moddy Max → message and role`. */
export function createTimeline(): Timeline {
  const start = performance.now();
  return {
    durationMs: () => performance.now() - start,
    step: async (name, run) => {
      const stepStart = performance.now();
      const row = (mark: string, detail: string) => {
        const at = `${((stepStart - start) / 1000).toFixed(1)} s`.padStart(7);
        const took = `+${Math.round(performance.now() - stepStart)} ms`.padStart(9);
        console.log(`${at} ${took}  ${mark} ${name}${detail === '' ? '' : styleText('gray', `  ${detail}`)}`);
      };
      try {
        row(styleText('green', '✓'), (await run()) ?? '');
      } catch (error) {
        row(styleText('red', '✗'), '');
        throw new Error(name, { cause: error });
      }
    },
  };
}
