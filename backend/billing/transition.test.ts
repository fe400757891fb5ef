import { describe, expect, it } from 'vitest';
import { createPlans } from '../plans.ts';
import { transition } from './transition.ts';

const plans = createPlans(
  new Map([
    ['moddy_pro', ['price_pro']],
    ['moddy_max', ['price_max']],
  ]),
);
const STATE = {
  plan: 'moddy_pro',
  subscriptionId: 'sub_1',
  interval: 'month',
  intervalCount: 1,
  cancelsAtPeriodEnd: false,
  paymentLate: false,
};
const words = (before: Partial<typeof STATE>, after: Partial<typeof STATE>) =>
  transition({ ...STATE, ...before }, { ...STATE, ...after }, plans).notices.map(({ action, change, plan }) =>
    [action, change, plan].filter((word) => word !== null).join(' '),
  );

describe('the notices of a transition', () => {
  it('match every change of the plan', () => {
    const said: Record<string, readonly string[]> = {};
    for (const before of ['free', 'moddy_pro', 'moddy_max'])
      for (const plan of ['free', 'moddy_pro', 'moddy_max'])
        for (const subscriptionId of ['sub_1', 'sub_2'])
          said[`${before} → ${plan}, ${subscriptionId === 'sub_1' ? 'the same' : 'another'}`] = words(
            { plan: before },
            { plan, subscriptionId },
          );
    expect(said).toEqual({
      'free → free, the same': [],
      'free → free, another': [],
      'free → moddy_pro, the same': ['subscription_updated resumed moddy_pro'],
      'free → moddy_pro, another': ['subscription_created moddy_pro'],
      'free → moddy_max, the same': ['subscription_updated resumed moddy_max'],
      'free → moddy_max, another': ['subscription_created moddy_max'],
      'moddy_pro → free, the same': ['subscription_cancelled free'],
      'moddy_pro → free, another': ['subscription_cancelled free'],
      'moddy_pro → moddy_pro, the same': [],
      'moddy_pro → moddy_pro, another': [],
      'moddy_pro → moddy_max, the same': ['plan_upgraded moddy_max'],
      'moddy_pro → moddy_max, another': ['plan_upgraded moddy_max'],
      'moddy_max → free, the same': ['subscription_cancelled free'],
      'moddy_max → free, another': ['subscription_cancelled free'],
      'moddy_max → moddy_pro, the same': ['plan_downgraded moddy_pro'],
      'moddy_max → moddy_pro, another': ['plan_downgraded moddy_pro'],
      'moddy_max → moddy_max, the same': [],
      'moddy_max → moddy_max, another': [],
    });
  });

  it('report a first subscription as created, not as resumed', () => {
    const never = { ...STATE, plan: 'free', subscriptionId: null };
    expect(transition(never, STATE, plans).notices).toMatchObject([{ action: 'subscription_created' }]);
    expect(transition(never, { ...STATE, subscriptionId: null }, plans).notices).toMatchObject([
      { action: 'subscription_created' },
    ]);
  });

  it('report each difference within a plan, and only the plan when it changes', () => {
    const differences = [
      [{ interval: 'year' }, 'interval_changed', 'interval_changed'],
      [{ paymentLate: true }, 'payment_late', 'payment_recovered'],
      [{ cancelsAtPeriodEnd: true }, 'cancellation_scheduled', 'cancellation_withdrawn'],
    ] as const;
    for (let chosen = 0; chosen < 8; chosen += 1) {
      const parts = differences.filter((_, index) => (chosen & (1 << index)) !== 0);
      const changed = Object.assign({}, ...parts.map(([change]) => change));
      const updated = (word: string) => `subscription_updated ${word} moddy_pro`;
      expect(words({}, changed)).toEqual(parts.map(([, there]) => updated(there)));
      expect(words(changed, {})).toEqual(parts.map(([, , back]) => updated(back)));
      expect(words({ plan: 'moddy_max' }, changed)).toEqual(['plan_downgraded moddy_pro']);
      expect(words({ plan: 'free', ...changed }, { plan: 'free' })).toEqual([]);
    }
  });
});
