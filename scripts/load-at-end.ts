import { loadavg } from 'node:os';

/* Part of `make test`: how busy the machine was, without which its time means little. */

export function teardown(): void {
  const [one, five, fifteen] = loadavg().map((load) => load.toFixed(1));
  console.log(`load: ${one} over the last minute, ${five} over five, ${fifteen} over fifteen`);
}
