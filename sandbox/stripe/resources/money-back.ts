import { closeDispute, refund } from '../billing/money-back.ts';
import { invalid } from '../errors.ts';
import { page, pageParams } from '../listing.ts';
import { integer, mergeMetadata, oneOf, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import { refundCreateParams } from './parameters.ts';

function create({ ledger, params }: Call) {
  const intentId = text(params, 'payment_intent');
  const intent = intentId ? ledger.need(ledger.paymentIntents, intentId, 'payment_intent') : undefined;
  const chargeId = text(params, 'charge') ?? intent?.latest_charge;
  if (!chargeId)
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.');
  return refund(ledger, ledger.need(ledger.charges, String(chargeId), 'charge'), {
    amount: integer(params, 'amount'),
    reason: oneOf(params, 'reason', ['duplicate', 'fraudulent', 'requested_by_customer']),
    metadata: mergeMetadata({}, params),
  });
}

const byPayment =
  (charge: string | undefined, intent: string | undefined) => (entry: { charge: unknown; payment_intent: unknown }) =>
    (charge === undefined || entry.charge === charge) && (intent === undefined || entry.payment_intent === intent);

export const refunds = [
  route('POST', '/v1/refunds', refundCreateParams, create),
  route('GET', '/v1/refunds', [...pageParams, 'charge', 'payment_intent'], ({ ledger, params }) =>
    page(
      '/v1/refunds',
      ledger.refunds.filter(byPayment(text(params, 'charge'), text(params, 'payment_intent'))),
      params,
    ),
  ),
  route('GET', '/v1/refunds/:id', [], ({ ledger, id }) => ledger.need(ledger.refunds, id)),
];

export const disputes = [
  route('GET', '/v1/disputes', [...pageParams, 'charge', 'payment_intent'], ({ ledger, params }) =>
    page(
      '/v1/disputes',
      ledger.disputes.filter(byPayment(text(params, 'charge'), text(params, 'payment_intent'))),
      params,
    ),
  ),
  route('GET', '/v1/disputes/:id', [], ({ ledger, id }) => ledger.need(ledger.disputes, id)),
  /** Closing a dispute accepts it: lost. */
  route('POST', '/v1/disputes/:id/close', [], ({ ledger, id }) => {
    const dispute = ledger.need(ledger.disputes, id);
    closeDispute(ledger, dispute, 'lost');
    return dispute;
  }),
];
