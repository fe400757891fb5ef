import { randomBytes } from 'node:crypto';

/* A good INTERNAL_API_SECRET or SESSION_SECRET. */
console.log(randomBytes(32).toString('base64url'));
