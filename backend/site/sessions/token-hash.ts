import { createHmac } from 'node:crypto';

/** What the database knows of a session's token. The token has 256 bits: a plain keyed digest is enough. */
export const tokenHash = (token: string, sessionSecret: string): string =>
  createHmac('sha256', sessionSecret).update(token).digest('base64url');
