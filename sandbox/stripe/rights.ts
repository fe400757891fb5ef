import { lacksRight } from './errors.ts';

/** The rights of a restricted key, as Stripe names them: `rak_customer_read`; a right to write includes reading. */
export type Rights = ReadonlySet<string>;

/** Rights that are not named after the first segment of the path. */
const NAMES: Readonly<Record<string, string>> = {
  prices: 'plan',
  subscription_items: 'subscription',
  webhook_endpoints: 'webhook',
  'checkout/sessions': 'checkout_session',
  'billing_portal/sessions': 'customer_portal',
  'billing_portal/configurations': 'customer_portal',
  'tax/settings': 'tax_settings',
};

/**
 * The right that a call needs (Stripe docs, "Restricted API keys": GET needs read, POST and DELETE write). Stripe publishes
 * no list of the names: those of customers, subscriptions, plans and webhooks are from its answers, the others are formed alike.
 */
function rightFor(method: string, path: string): string {
  const [first = '', second = ''] = path.replace(/^\/v\d\//, '').split('/');
  const name = NAMES[`${first}/${second}`] ?? NAMES[first] ?? first.replace(/s$/, '');
  return `rak_${name}_${method === 'GET' ? 'read' : 'write'}`;
}

/** @throws {StripeRejection} 403 if the key lacks the right; before anything else of the request is read. */
export function requireRight(
  rights: Rights | undefined,
  { method, path, key, account }: { method: string; path: string; key: string; account: string },
): void {
  if (rights === undefined) return;
  const right = rightFor(method, path);
  if (rights.has(right) || rights.has(right.replace(/_read$/, '_write'))) return;
  throw lacksRight(key, account, right);
}
