import { page, pageParams } from '../listing.ts';
import { flag, list, text } from '../params.ts';
import { route } from '../route.ts';
import { priceListParams, productListParams } from './parameters.ts';

export const products = [
  route('GET', '/v1/products', [...pageParams, ...productListParams], ({ ledger, params }) => {
    const active = flag(params, 'active');
    const ids = list(params, 'ids');
    const matching = ledger.products.filter(
      (entry) => (active === undefined || entry.active === active) && (ids.length === 0 || ids.includes(entry.id)),
    );
    return page('/v1/products', matching, params);
  }),
  route('GET', '/v1/products/:id', [], ({ ledger, id }) => ledger.need(ledger.products, id)),
];

export const prices = [
  route('GET', '/v1/prices', [...pageParams, ...priceListParams], ({ ledger, params }) => {
    const active = flag(params, 'active');
    const product = text(params, 'product');
    const keys = list(params, 'lookup_keys');
    const matching = ledger.prices.filter(
      (entry) =>
        (active === undefined || entry.active === active) &&
        (product === undefined || entry.product === product) &&
        (keys.length === 0 || keys.includes(entry.lookup_key ?? '')),
    );
    return page('/v1/prices', matching, params);
  }),
  route('GET', '/v1/prices/:id', [], ({ ledger, id }) => ledger.need(ledger.prices, id)),
];
