import type { RecordedEvent } from '../ledger.ts';
import { page, pageParams } from '../listing.ts';
import { list, text } from '../params.ts';
import { route } from '../route.ts';

const parsed = ({ payload }: RecordedEvent): object => JSON.parse(payload);

/** `customer.*` stands for every type below it. */
export const matches = (pattern: string, type: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));

export const events = [
  route('GET', '/v1/events', [...pageParams, 'type', 'types', 'delivery_success'], ({ ledger, params }) => {
    const type = text(params, 'type');
    const types = list(params, 'types').filter((entry) => typeof entry === 'string');
    const matching = ledger.events.filter(
      (entry) =>
        (type === undefined || matches(type, entry.type)) &&
        (types.length === 0 || types.some((pattern) => matches(pattern, entry.type))),
    );
    const answer = page('/v1/events', matching, params);
    return { ...answer, data: answer.data.map(parsed) };
  }),
  route('GET', '/v1/events/:id', [], ({ ledger, id }) => parsed(ledger.need(ledger.events, id))),
];
