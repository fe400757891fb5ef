import { expect, it, onTestFinished, vi } from 'vitest';
import { throttleLog } from './throttle-log.ts';

it('throttleLog allows each message once a minute', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const mayLog = throttleLog();
  const minute = () => [mayLog('outage'), mayLog('outage'), mayLog('drop')];
  expect(minute()).toEqual([true, false, true]);
  vi.advanceTimersByTime(59_999);
  expect(minute()).toEqual([false, false, false]);
  vi.advanceTimersByTime(1);
  expect(minute()).toEqual([true, false, true]);
});
