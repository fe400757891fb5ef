import { invalid, notModelled } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { list, type Params } from './params.ts';

type Json = { [name: string]: unknown };

/** Fields that Stripe leaves out altogether until the caller expands them. */
const hidden: Record<string, readonly string[]> = {
  'checkout.session': ['line_items'],
  customer: ['subscriptions'],
  invoice: ['payments'],
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (data: unknown[], url: string) => ({ object: 'list', data, has_more: false, url });

/** The object of an expansion that is not a stored id. */
function included(ledger: Ledger, owner: Json, field: string): unknown {
  const id = String(owner.id);
  if (owner.object === 'invoice' && field === 'payments') {
    return listOf(
      ledger.invoicePayments.filter(({ invoice }) => invoice === id),
      `/v1/invoices/${id}/payments`,
    );
  }
  if (owner.object === 'customer' && field === 'subscriptions') {
    const live = ledger.subscriptions.filter(({ customer, status }) => customer === id && status !== 'canceled');
    return listOf(live, `/v1/customers/${id}/subscriptions`);
  }
  if (owner.object === 'checkout.session' && field === 'line_items') return ledger.checkoutSessions.get(id)?.line_items;
  if (owner.object === 'charge' && field === 'refunds') {
    return listOf(
      ledger.refunds.filter(({ charge }) => charge === id),
      `/v1/charges/${id}/refunds`,
    );
  }
  return undefined;
}

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** A list within an object holds its first ten entries; the others have a page of their own. */
const MOST_INCLUDED = 10;

function cut(list: Json): void {
  if (list.object !== 'list' || !Array.isArray(list.data) || list.data.length <= MOST_INCLUDED) return;
  list.data = list.data.slice(0, MOST_INCLUDED);
  list.has_more = true;
}

function hide(value: unknown): void {
  if (Array.isArray(value)) value.forEach(hide);
  else if (isObject(value)) {
    for (const field of hidden[String(value.object)] ?? []) delete value[field];
    for (const inner of Object.values(value)) {
      if (isObject(inner)) cut(inner);
      hide(inner);
    }
  }
}

function follow(ledger: Ledger, owner: unknown, path: string[], whole: string): void {
  const [field, ...rest] = path;
  if (field === undefined || owner === null) return;
  if (Array.isArray(owner)) {
    for (const entry of owner) follow(ledger, entry, path, whole);
    return;
  }
  if (!isObject(owner)) throw notModelled(`expand ${whole}`);
  const current = owner[field];
  if (typeof current === 'string') {
    const found = plain(ledger.find(current));
    if (found === undefined) throw notModelled(`expand ${whole}`);
    hide(found);
    owner[field] = found;
  } else if (current === undefined) {
    const found = plain(included(ledger, owner, field));
    if (found === undefined) throw notModelled(`expand ${whole}`);
    owner[field] = found;
  }
  follow(ledger, owner[field], rest, whole);
}

/** The answer as JSON, ids replaced by objects where `expand[]` asks for it. */
export function expanded(ledger: Ledger, answer: object, params: Params): unknown {
  const json = plain(answer);
  hide(json);
  for (const path of list(params, 'expand')) {
    if (typeof path !== 'string') throw invalid('Invalid string', 'expand');
    const deps = path.split('.');
    // `data` of a list is a step, not an expansion.
    if (deps.filter((part) => part !== 'data').length > 4)
      throw invalid('You cannot expand more than 4 levels of a property', 'expand');
    follow(ledger, json, deps, path);
  }
  return json;
}
