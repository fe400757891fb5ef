import { Environment, type Variables } from '@moddy/runtime/config';
import { createLogger, LOG_LEVELS, type LogLevel } from '@moddy/runtime/log';
import Stripe from 'stripe';
import { readDatabase, readRules, readStripeAccount } from '../config.ts';
import { createPlans } from '../plans.ts';
import { createStripe } from '../stripe-client.ts';
import { OperatorError } from './command.ts';

/** The dependencies of a command that calls Stripe, besides the database. @throws {ConfigError} with every fault at once. */
export function readStripeDeps(variables: Variables) {
  const env = new Environment(variables);
  const config = env.done({
    database: readDatabase(env),
    account: readStripeAccount(env),
    rules: readRules(env),
    // The command prints its results; log lines would stand between them.
    logLevel: env.oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'silent'),
  });
  const { apiKey, apiUrl, livemode } = config.account;
  const plans = createPlans(config.rules.planPrices);
  if (plans.isEmpty) throw new OperatorError('PLAN_PRICES is empty: no subscription means a plan. Nothing was done.');
  return {
    stripe: createStripe(apiKey, apiUrl),
    livemode,
    rules: { plans, pastDueGraceMs: config.rules.pastDueGraceMs },
    now: () => new Date(),
    log: createLogger(config.logLevel, 'website-backend'),
  };
}

/** @throws {OperatorError} if Stripe does not know a customer of this id, in the account and mode of the key. */
export async function assertKnown(variables: Variables, customerId: string): Promise<void> {
  const env = new Environment(variables);
  const { apiKey, apiUrl, livemode } = env.done(readStripeAccount(env));
  await createStripe(apiKey, apiUrl)
    .customers.retrieve(customerId)
    .catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      const mode = livemode ? 'live' : 'test';
      throw new OperatorError(
        `Stripe has no customer ${customerId} in the ${mode} mode of STRIPE_API_KEY. Nothing was done.`,
      );
    });
}
