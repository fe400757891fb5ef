import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** The allowed redirect targets of a form: browsers apply `form-action` to redirects too. */
const STRIPE_PAGES = ['https://checkout.stripe.com', 'https://billing.stripe.com', 'https://invoice.stripe.com'];

/**
 * Nothing but our own style sheet and pictures is ever loaded, no script runs, nobody may frame us.
 * @param stripeUrl another Stripe than the real one, which serves its pages itself.
 */
export function securityHeaders(https: boolean, stripeUrl: string | undefined): MiddlewareHandler {
  const stripePages = stripeUrl === undefined ? STRIPE_PAGES : [new URL(stripeUrl).origin];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'", ...stripePages],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Not `no-referrer`: with it, browsers send `Origin: null` with our own forms.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: https ? 'max-age=31536000' : false,
    xFrameOptions: 'DENY',
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [] },
  });
}
