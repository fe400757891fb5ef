import { runComparison } from '@moddy/backend/reconciliation/reconcile';
import { createStripe } from '@moddy/backend/stripe-client';
import type { Cost } from './meter.ts';
import { startStripeAccount } from './stripe-account.ts';
import type { World } from './world.ts';

/** A whole comparison with Stripe in which nothing differs; the cost is that of one customer. */
export async function measureReconciliation(world: World): Promise<Cost> {
  const account = await startStripeAccount(world.size.users);
  try {
    const deps = {
      ...world,
      stripe: createStripe('sk_test_bench', account.url),
      livemode: false,
      signal: new AbortController().signal,
      onProgress: () => {},
    };
    return await world.meter({
      name: 'reconciliation',
      units: world.size.users,
      samples: 1,
      warmUp: 0,
      run: async () => {
        const { listed, differences } = await runComparison(deps, 'reconcile', {
          dry: false,
          force: false,
          everyMs: 0,
        });
        if (listed !== world.size.users || differences > 0) throw new Error(`${listed} listed, ${differences} differ`);
      },
    });
  } finally {
    await account.close();
  }
}
