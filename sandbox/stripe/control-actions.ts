import type { Endpoint } from './delivery.ts';
import { flag, hashes, integer, list, oneOf, type Params, requiredText, text } from './params.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';
import type { Scenarios } from './scenarios/scenarios.ts';

interface Input {
  sandbox: SandboxStripe;
  scenarios: Scenarios;
  params: Params;
}

type Action = (input: Input) => object | Promise<void> | undefined | void;

const who = (params: Params): string => requiredText(params, 'who');

const only = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // The filter drops exactly the undefined ones, which is what the type says.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const subscriber: Record<string, Action> = {
  subscribe: ({ scenarios, params }) =>
    scenarios.subscribe({
      discordId: requiredText(params, 'discordId'),
      price: requiredText(params, 'price'),
      ...only({
        customer: text(params, 'customer'),
        email: text(params, 'email'),
        phone: text(params, 'phone'),
        trialDays: integer(params, 'trialDays'),
        viaCheckout: flag(params, 'viaCheckout'),
        anonymous: flag(params, 'anonymous'),
      }),
    }),
  changePrice: ({ scenarios, params }) =>
    scenarios.changePrice(
      who(params),
      requiredText(params, 'price'),
      oneOf(params, 'proration', ['always_invoice', 'create_prorations', 'none']),
    ),
  cancelAtPeriodEnd: ({ scenarios, params }) => scenarios.cancelAtPeriodEnd(who(params)),
  cancelAt: ({ scenarios, params }) => scenarios.cancelAt(who(params), Number(requiredText(params, 'at'))),
  undoCancel: ({ scenarios, params }) => scenarios.undoCancel(who(params)),
  cancelNow: ({ scenarios, params }) => scenarios.cancelNow(who(params)),
  failPayment: ({ scenarios, params }) => scenarios.failPayment(who(params)),
  recoverPayment: ({ scenarios, params }) => scenarios.recoverPayment(who(params)),
  pause: ({ scenarios, params }) => scenarios.pause(who(params)),
  resume: ({ scenarios, params }) => scenarios.resume(who(params)),
  renew: ({ scenarios, params }) => scenarios.renew(who(params)),
  endTrial: ({ scenarios, params }) => scenarios.endTrial(who(params)),
  refund: ({ scenarios, params }) => scenarios.refund(who(params), integer(params, 'amount')),
  dispute: ({ scenarios, params }) => scenarios.dispute(who(params), text(params, 'reason')),
  failRefund: ({ scenarios, params }) => scenarios.failRefund(who(params)),
  inquire: ({ scenarios, params }) => scenarios.inquire(who(params)),
  escalateDispute: ({ scenarios, params }) => scenarios.escalateDispute(who(params)),
  closeDispute: ({ scenarios, params }) =>
    scenarios.closeDispute(who(params), oneOf(params, 'outcome', ['lost', 'won'])),
  payCheckout: ({ scenarios, params }) =>
    scenarios.payCheckout(
      requiredText(params, 'session'),
      only({ delayed: flag(params, 'delayed'), email: text(params, 'email') }),
    ),
  settleCheckout: ({ scenarios, params }) =>
    scenarios.settleCheckout(requiredText(params, 'session'), flag(params, 'paid') ?? true),
  setCard: ({ scenarios, params }) =>
    scenarios.setCard(who(params), params.works === 'confirm' ? 'confirm' : (flag(params, 'works') ?? true)),
  seedSubscribers: ({ scenarios, params }) =>
    scenarios.seedSubscribers({ count: integer(params, 'count') ?? 1, ...only({ price: text(params, 'price') }) }),
};

const endpoint = (params: Params): Endpoint => ({
  url: requiredText(params, 'url'),
  secret: requiredText(params, 'secret'),
  ...(params.events === undefined
    ? {}
    : { events: list(params, 'events').filter((entry) => typeof entry === 'string') }),
  ...only({ disabled: flag(params, 'disabled') }),
});

const world: Record<string, Action> = {
  advance: ({ sandbox, params }) => {
    sandbox.advance(integer(params, 'ms') ?? 0);
    return { nowMs: sandbox.nowMs() };
  },
  webhooks: ({ sandbox, params }) => sandbox.setWebhooks(hashes(params, 'endpoints').map(endpoint)),
  hold: ({ sandbox }) => sandbox.hold(),
  release: ({ sandbox, params }) => sandbox.release(oneOf(params, 'order', ['fifo', 'reverse', 'shuffle'])),
  drop: ({ sandbox, params }) => sandbox.deliveries.drop(integer(params, 'count') ?? 1),
  retry: ({ sandbox }) => sandbox.deliveries.retryNow(),
  resend: ({ sandbox, params }) => sandbox.resend(requiredText(params, 'event')),
  webhookBehaviour: ({ sandbox: { deliveries }, params }) => {
    deliveries.copies = integer(params, 'copies') ?? deliveries.copies;
    deliveries.jitterMs = integer(params, 'jitterMs') ?? deliveries.jitterMs;
    deliveries.signing = oneOf(params, 'signing', ['absent', 'stale', 'valid', 'wrong']) ?? deliveries.signing;
    return { copies: deliveries.copies, jitterMs: deliveries.jitterMs, signing: deliveries.signing };
  },
  fault: ({ sandbox, params }) =>
    sandbox.fail({
      effect: oneOf(params, 'effect', ['hang', 'lose', 'reset', 'slow', 'status']) ?? 'status',
      ...only({
        method: text(params, 'method'),
        path: text(params, 'path'),
        after: integer(params, 'after'),
        times: integer(params, 'times'),
        done: flag(params, 'done'),
        delayMs: integer(params, 'delayMs'),
        status: integer(params, 'status'),
      }),
    }),
  outage: ({ sandbox }) => sandbox.outage(),
  clearFaults: ({ sandbox }) => sandbox.faults.clear(),
};

/** Every control by name: `POST /_sandbox/stripe/<name>` with a JSON object. */
export const actions: Record<string, Action> = { ...subscriber, ...world };
