import { type Finding, well, wrong } from './finding.ts';

/** Stripe's SDK rejects signatures that are five minutes off; half a minute is already nobody's intention. */
const MAX_SKEW_MS = 30_000;

/** @param date the `Date` header of another host's answer, in ms. */
export function examineClock(whose: string, date: number | undefined, now = Date.now()): readonly Finding[] {
  if (date === undefined) return [];
  const seconds = Math.round((now - date) / 1_000);
  if (Math.abs(now - date) <= MAX_SKEW_MS) return [well('clock', `agrees with ${whose}`)];
  return [
    wrong(
      'clock',
      `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ${whose}`,
      'set the clock of the machine that is off (NTP): Stripe signs with its time, and leases and grace periods count in ours',
    ),
  ];
}
