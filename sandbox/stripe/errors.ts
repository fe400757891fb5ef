export interface ErrorDetails {
  status: number;
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
}

/** An error in Stripe's words; becomes `{"error": {…}}` with its status at the edge. */
export class StripeRejection extends Error {
  override readonly name = 'StripeRejection';
  readonly details: ErrorDetails;

  constructor(details: ErrorDetails) {
    super(details.message);
    this.details = details;
  }

  body(requestId: string): { error: Record<string, unknown> } {
    const { status: _, ...rest } = this.details;
    const doc = rest.code ? { doc_url: `https://stripe.com/docs/error-codes/${rest.code.replaceAll('_', '-')}` } : {};
    return { error: { ...rest, ...doc, request_log_url: `https://dashboard.stripe.com/logs/${requestId}` } };
  }
}

export const invalid = (message: string, param?: string, code?: string): StripeRejection =>
  new StripeRejection({
    status: 400,
    type: 'invalid_request_error',
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });

/** Valid at Stripe, and without a model here: an answer that ignored it would let a test pass on nothing. */
export const notModelled = (what: string): StripeRejection =>
  new StripeRejection({
    status: 501,
    type: 'api_error',
    code: 'sandbox_not_modelled',
    message: `Not modelled: ${what}`,
  });

export const missingParameter = (param: string): StripeRejection =>
  invalid(`Missing required param: ${param}.`, param, 'parameter_missing');

/** 404 in Stripe's wording; `elsewhere` is the mode of the other key that does know the id. */
export function resourceMissing(noun: string, id: string, param: string, elsewhere?: 'live' | 'test'): StripeRejection {
  const here = elsewhere === 'live' ? 'test' : 'live';
  const hint = elsewhere
    ? `; a similar object exists in ${elsewhere} mode, but a ${here} mode key was used to make this request.`
    : '';
  const message = `No such ${noun}: '${id}'${hint}`;
  // An id in the path is not found; an id in a parameter makes the request invalid.
  const status = param === 'id' ? 404 : 400;
  return new StripeRejection({ status, type: 'invalid_request_error', code: 'resource_missing', param, message });
}

/** The rejection of a restricted key, whose middle Stripe masks in its answer. */
export const lacksRight = (key: string, account: string, right: string): StripeRejection =>
  new StripeRejection({
    status: 403,
    type: 'invalid_request_error',
    message:
      `The provided key '${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 14))}${key.slice(-6)}' does not have the ` +
      `required permissions for this endpoint on account '${account}'. Having the '${right}' permission would allow this ` +
      'request to continue.',
  });

export const cardDeclined = (): StripeRejection =>
  new StripeRejection({
    status: 402,
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  });

/** The error a fault asked for. */
export const faultWith = (status: number): StripeRejection => {
  const message = 'The sandbox was told to fail this request.';
  if (status === 429)
    return new StripeRejection({ status, type: 'invalid_request_error', code: 'rate_limit', message });
  return new StripeRejection({ status, type: status < 500 ? 'invalid_request_error' : 'api_error', message });
};
