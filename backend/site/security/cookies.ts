import type { Context } from 'hono';
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';

type CookieName = 'session' | `login-${string}` | 'language';

/**
 * The site's cookies: `__Host-`, Secure, HttpOnly, SameSite=Lax. On plain http, which only development speaks, browsers
 * disagree about Secure cookies of a loopback address, so there they have neither prefix nor Secure.
 */
export function createCookies(https: boolean) {
  const host: CookieOptions = https ? { prefix: 'host', path: '/', secure: true } : { path: '/' };
  const options = (maxAge: number): CookieOptions => ({ ...host, httpOnly: true, sameSite: 'Lax', maxAge });
  return {
    nameOf: (name: CookieName) => (https ? `__Host-${name}` : name),
    /** The names of the log-ins that were begun in this browser. */
    logins: (c: Context): `login-${string}`[] =>
      Object.keys(getCookie(c)).flatMap((name) => {
        const [, state] = /^(?:__Host-)?login-(.+)$/.exec(name) ?? [];
        return state === undefined ? [] : [`login-${state}` as const];
      }),
    get: (c: Context, name: CookieName) => getCookie(c, name, host.prefix),
    set: (c: Context, name: CookieName, value: string, maxAgeSeconds: number) =>
      setCookie(c, name, value, options(maxAgeSeconds)),
    clear: (c: Context, name: CookieName): void => {
      deleteCookie(c, name, host);
    },
    /** Undefined when it is missing or was not signed with this secret. */
    getSigned: async (c: Context, name: CookieName, secret: string): Promise<string | undefined> =>
      (await getSignedCookie(c, secret, name, host.prefix)) || undefined,
    setSigned: (c: Context, name: CookieName, value: string, secret: string, maxAgeSeconds: number) =>
      setSignedCookie(c, name, value, secret, options(maxAgeSeconds)),
  };
}
