import { hash, timingSafeEqual } from 'node:crypto';
import { RequestError } from '../errors.ts';

/**
 * Makes the bearer check of a private listener. Digests have one length whatever was sent, so that the comparison
 * takes the same time for every token.
 *
 * @param secrets the current secret and, during a rotation, the one before it.
 * @returns a function that takes the `Authorization` header and throws {Refusal} 401 or 403.
 */
export function bearerCheck(secrets: readonly string[]): (authorization: string | undefined) => void {
  const accepted = secrets.map(digest);
  return (authorization) => {
    if (!authorization) throw new RequestError(401, 'Missing Authorization header');
    if (!authorization.startsWith('Bearer ')) throw new RequestError(401, 'Invalid Authorization format');
    const sent = digest(authorization.slice('Bearer '.length));
    let matches = false;
    for (const secret of accepted) matches = timingSafeEqual(sent, secret) || matches;
    if (!matches) throw new RequestError(403, 'Invalid secret');
  };
}

const digest = (text: string) => hash('sha256', text, 'buffer');
