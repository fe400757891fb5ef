import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time of a process; of its ended children too, and with `living` of those that run. */
export function processorSeconds(pid: number, children: 'alone' | 'living' = 'alone'): number {
  try {
    // The name stands in parentheses and may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
    if (children === 'alone') return own;
    const living = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return living.reduce((sum, child) => sum + processorSeconds(Number(child)), own);
  } catch {
    return 0; // It has just ended, or there is no /proc.
  }
}
