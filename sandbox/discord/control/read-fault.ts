import type { Fault } from '../faults/faults.ts';
import type { Limit, RateLimitSettings } from '../faults/rate-limits.ts';
import { ControlError, Fields, given } from './fields.ts';

export function readFault(fields: Fields): Fault {
  const answer = fields.optionalRecord('answer');
  const optional = given<Omit<Fault, 'path' | 'answer'>>({
    method: fields.optionalText('method'),
    times: fields.optionalNumber('times'),
    after: fields.optionalNumber('after'),
    delayMs: fields.optionalNumber('delayMs'),
    end: fields.oneOf('end', ['hang', 'stall', 'drop', 'truncate', 'garble']),
    applyEffect: fields.optionalFlag('applyEffect'),
  });
  return { path: fields.text('path'), ...optional, ...(answer ? { answer: readAnswer(answer) } : {}) };
}

export function readAnswer(value: Record<string, unknown>): NonNullable<Fault['answer']> {
  const fields = new Fields(value);
  const headers = Object.entries(fields.optionalRecord('headers') ?? {}).map(([name, text]) => [name, String(text)]);
  const body = 'body' in value ? { body: value.body } : {};
  return { status: fields.number('status'), headers: Object.fromEntries(headers), ...body };
}

export function readRateLimits(body: unknown): Partial<RateLimitSettings> {
  const fields = new Fields(body);
  const limit = (name: string): Limit | undefined => {
    const value = fields.optionalRecord(name);
    return value ? readLimit(new Fields(value)) : undefined;
  };
  return given<RateLimitSettings>({
    global: limit('global'),
    route: limit('route'),
    invalid: limit('invalid'),
    channelWrites: limit('channelWrites'),
    guildWrites: limit('guildWrites'),
    newDirectChannels: limit('newDirectChannels'),
    routes: readRoutes(body),
  });
}

const readLimit = (fields: Fields): Limit => ({ limit: fields.number('limit'), windowMs: fields.number('windowMs') });

function readRoutes(body: unknown): RateLimitSettings['routes'] | undefined {
  const listed: unknown = typeof body === 'object' && body !== null && 'routes' in body ? body.routes : undefined;
  if (listed === undefined) return undefined;
  if (!Array.isArray(listed)) throw new ControlError('routes must be a list.');
  return listed.map((each) => {
    const fields = new Fields(each);
    const optional = given<{ method: string; scope: 'user' | 'shared' }>({
      method: fields.optionalText('method'),
      scope: fields.oneOf('scope', ['user', 'shared']),
    });
    return { path: fields.text('path'), ...readLimit(fields), ...optional };
  });
}
