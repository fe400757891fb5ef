import type Stripe from 'stripe';
import { cancelNow, ended } from '../billing/cancel.ts';
import { page, pageParams } from '../listing.ts';
import { customer as newCustomer } from '../objects/customer.ts';
import { list, mergeMetadata, type Params, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import { customerCreateParams, customerUpdateParams } from './parameters.ts';

/** An empty string unsets, an absent parameter keeps. */
const textOr = <T>(params: Params, name: string, current: T): string | T | null => {
  const value = text(params, name);
  return value === undefined ? current : value || null;
};

const locales = (params: Params): string[] =>
  list(params, 'preferred_locales').filter((locale) => typeof locale === 'string');

function create({ ledger, params }: Call): Stripe.Customer {
  const created = newCustomer(ledger, {
    email: textOr(params, 'email', null),
    name: textOr(params, 'name', null),
    phone: textOr(params, 'phone', null),
    description: textOr(params, 'description', null),
    metadata: mergeMetadata({}, params),
    preferredLocales: locales(params),
  });
  ledger.customers.add(created);
  ledger.emit('customer.created', created);
  return created;
}

function retrieve({ ledger, id }: Call): Stripe.Customer | Stripe.DeletedCustomer {
  if (ledger.deletedCustomers.has(id)) return { id, object: 'customer', deleted: true };
  return ledger.need(ledger.customers, id);
}

function update({ ledger, params, id }: Call): Stripe.Customer {
  const customer = ledger.need(ledger.customers, id);
  ledger.update('customer.updated', customer, () => {
    customer.email = textOr(params, 'email', customer.email);
    customer.name = textOr(params, 'name', customer.name ?? null);
    customer.phone = textOr(params, 'phone', customer.phone ?? null);
    customer.description = textOr(params, 'description', customer.description);
    customer.metadata = mergeMetadata(customer.metadata, params);
    if (params.preferred_locales !== undefined) customer.preferred_locales = locales(params);
  });
  return customer;
}

/** Deleting a customer ends the subscriptions at once. */
function remove({ ledger, id }: Call): Stripe.DeletedCustomer {
  const customer = ledger.need(ledger.customers, id);
  for (const subscription of ledger.subscriptions.filter((entry) => entry.customer === id && !ended(entry))) {
    cancelNow(ledger, subscription);
  }
  ledger.customers.remove(id);
  ledger.deletedCustomers.add(id);
  ledger.emit('customer.deleted', customer);
  return { id, object: 'customer', deleted: true };
}

export const customers = [
  route('POST', '/v1/customers', customerCreateParams, create),
  route('GET', '/v1/customers', [...pageParams, 'email'], ({ ledger, params }) => {
    const email = text(params, 'email');
    return page(
      '/v1/customers',
      ledger.customers.filter((entry) => email === undefined || entry.email === email),
      params,
    );
  }),
  route('GET', '/v1/customers/:id', [], retrieve),
  route('POST', '/v1/customers/:id', customerUpdateParams, update),
  route('DELETE', '/v1/customers/:id', [], remove),
];
