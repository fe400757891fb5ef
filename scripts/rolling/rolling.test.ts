import { describe, expect, it } from 'vitest';
import { backendPart } from './backend-part.ts';
import { botPart } from './bot-part.ts';
import { judge } from './judge.ts';
import { createTally } from './tally.ts';

/**
 * A sample of `make rolling`, with a fifth of its requests: beside ten busy programs, all of them would find no processor.
 * The alert Slow is left to the proof: it measures time, which a busy machine stretches.
 */
const SAMPLE = { times: 2, slower: 5 };
const TIMEOUT_MS = 300_000;

describe('rolling', () => {
  it.each([
    ['no request fails while the backend is replaced', backendPart],
    ['no delivery is lost while the bot restarts', botPart],
  ])(
    '%s',
    async (_name, part) => {
      const { rows, faults } = await judge(part, SAMPLE);
      expect(faults.filter((fault) => fault !== 'the alert Slow fired')).toEqual([]);
      expect(rows.filter(({ asked, failed }) => asked === 0 || failed > 0)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('the tally', () => {
  it('counts failures and keeps their causes', async () => {
    const tally = createTally();
    await tally.count('calls', () => Promise.resolve(1));
    await tally.count('calls', () => Promise.reject(new Error('broke', { cause: new Error('ECONNRESET') })));
    expect(tally.rows()).toEqual([{ kind: 'calls', asked: 2, failed: 1 }]);
    expect(tally.failures()).toEqual([expect.stringMatching(/^calls: .*broke \(ECONNRESET\)$/)]);
  });
});
