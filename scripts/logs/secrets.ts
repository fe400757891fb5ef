import type { IncomingHttpHeaders } from 'node:http';

/** Shorter ones are of tests that only need some other value, and words of any language hold them. */
const MIN_LENGTH = 12;

export type Secrets = ReturnType<typeof createSecrets>;

/** The credentials of a request: the token of its `Authorization`, the values of its cookies. */
export function secretsOfHeaders({ authorization = '', cookie = '' }: IncomingHttpHeaders): readonly string[] {
  const token = authorization.replace(/^\S+ /, '');
  const cookies = cookie.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  return [token, ...cookies].filter(({ length }) => length >= MIN_LENGTH);
}

/** Finds any of thousands of secrets in one walk over a text: by how they begin, then as a whole. */
export function createSecrets(values: Iterable<string>) {
  const byBeginning = new Map<string, string[]>();
  for (const value of values) {
    const beginning = value.slice(0, MIN_LENGTH);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), value]);
  }
  return {
    standIn: (text: string): boolean => {
      for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
        const candidates = byBeginning.get(text.slice(at, at + MIN_LENGTH));
        if (candidates?.some((value) => text.startsWith(value, at))) return true;
      }
      return false;
    },
  };
}
