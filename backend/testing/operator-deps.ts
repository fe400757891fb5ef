import { createLogger } from '@moddy/runtime/log';
import { createPlans } from '../plans.ts';
import { createStripe } from '../stripe-client.ts';
import { PLAN_PRICES, type TestBackend, UNSEEN } from './start-test-backend.ts';

/** The dependencies of an operator command beside a running backend: its own Stripe client, the same database. */
export const operatorDeps = ({ backend, stripe }: TestBackend) => ({
  db: backend.database.orm,
  stripe: createStripe(stripe.apiKey, stripe.url),
  livemode: false,
  rules: { plans: createPlans(new Map(Object.entries(PLAN_PRICES))), pastDueGraceMs: 0 },
  now: () => new Date(),
  log: createLogger('debug', 'operator', UNSEEN),
  signal: new AbortController().signal,
  onProgress: () => {},
});
