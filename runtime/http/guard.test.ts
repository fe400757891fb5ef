import { expect, it } from 'vitest';
import { TooManyRequests } from '../errors.ts';
import { FAILURE_LIMITS, FailedAuthentications, type FailureLimits } from './guard.ts';

const start = (limits: FailureLimits = { burst: 2, perSecond: 0.5, addresses: 3 }) => {
  const clock = { ms: 0 };
  const failures = new FailedAuthentications(limits, () => clock.ms);
  const secondsToWait = (address: string): number => {
    try {
      failures.count(address);
      return 0;
    } catch (error) {
      if (error instanceof TooManyRequests) return error.retryAfterSeconds;
      throw error;
    }
  };
  return { clock, failures, secondsToWait };
};

it('an address may fail in a burst, then at a rate per second', () => {
  const { clock, secondsToWait } = start();
  expect([1, 2, 3, 4].map(() => secondsToWait('a'))).toEqual([0, 0, 2, 2]);
  clock.ms = 1_500;
  expect(secondsToWait('a')).toBe(1);
  clock.ms = 2_000;
  expect([secondsToWait('a'), secondsToWait('a')]).toEqual([0, 2]);
});

it('each address is counted on its own', () => {
  const { secondsToWait } = start();
  for (let failure = 0; failure < 5; failure += 1) secondsToWait('a');
  expect(secondsToWait('b')).toBe(0);
});

it('the number of counted addresses is limited, and the least active one is dropped first', () => {
  const { failures, secondsToWait } = start();
  for (let failure = 0; failure < 3; failure += 1) secondsToWait('loud');
  for (let address = 0; address < 10_000; address += 1) {
    secondsToWait(`10.0.${address >> 8}.${address & 255}`);
    expect(secondsToWait('loud')).toBe(2);
  }
  expect(failures.addresses).toBe(3);
});

it('a service takes 120 failures of an address at once, then two a second, and remembers 1,000 addresses', () => {
  const { clock, failures, secondsToWait } = start(FAILURE_LIMITS);
  for (let count = 0; count < 120; count += 1) expect(secondsToWait('peer')).toBe(0);
  expect(secondsToWait('peer')).toBeGreaterThan(0);
  clock.ms += 1_000;
  expect([secondsToWait('peer'), secondsToWait('peer')]).toEqual([0, 0]);
  expect(secondsToWait('peer')).toBeGreaterThan(0);
  for (let count = 0; count < 1_001; count += 1) secondsToWait(`address ${count}`);
  expect(failures.addresses).toBe(1_000);
});
