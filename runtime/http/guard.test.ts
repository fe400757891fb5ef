import { expect, it } from 'vitest';
import { TooManyRequests } from '../errors.ts';
import { FailedAuthentications } from './guard.ts';

const start = () => {
  const clock = { ms: 0 };
  const failures = new FailedAuthentications({ burst: 2, perSecond: 0.5, addresses: 3 }, () => clock.ms);
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
