import { invalid, resourceMissing } from './errors.ts';
import { hash, integer, type Params, text } from './params.ts';

export const pageParams = ['limit', 'starting_after', 'ending_before', 'created'] as const;

interface Page<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

function createdBetween(params: Params): (object: { created?: number }) => boolean {
  const given = params.created;
  if (given === undefined) return () => true;
  if (typeof given === 'string') return ({ created }) => created === integer(params, 'created');
  const range = hash(params, 'created') ?? {};
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((bound) => integer(range, bound));
  return ({ created = 0 }) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}

/** One page of `objects`, which come newest first. */
export function page<T extends { id: string; created?: number }>(url: string, objects: T[], params: Params): Page<T> {
  const limit = integer(params, 'limit') ?? 10;
  if (limit < 1 || limit > 100) throw invalid(`Invalid limit: must be between 1 and 100, was ${limit}`, 'limit');
  const after = text(params, 'starting_after');
  const before = text(params, 'ending_before');
  if (after && before) throw invalid('You can only pass one of starting_after and ending_before.');
  const cursor = after ?? before;
  const at = cursor === undefined ? -1 : objects.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && at < 0) {
    throw resourceMissing('object', cursor, after ? 'starting_after' : 'ending_before');
  }
  const beyond = (before ? objects.slice(0, at) : objects.slice(at + 1)).filter(createdBetween(params));
  const data = before ? beyond.slice(-limit) : beyond.slice(0, limit);
  return { object: 'list', data, has_more: beyond.length > data.length, url };
}
