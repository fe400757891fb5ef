import { NotNow } from '@moddy/runtime/outcomes';

/** Codes of postgres.js and Node for a connection that is not there, and of SQLSTATE classes 08, 57P and 53. */
const UNAVAILABLE =
  /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08|57P|53|57014)/;

/** Is this the database being away or full rather than a fault of ours? */
export function isUnavailable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && UNAVAILABLE.test(at.code)) return true;
    if (at instanceof AggregateError && at.errors.some(isUnavailable)) return true;
  }
  return false;
}

/** Runs a query for a caller who can ask again: a database that is away becomes "not now". */
export async function orNotNow<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    throw isUnavailable(cause) ? new NotNow('The database is not reachable', 2, { cause }) : cause;
  }
}
