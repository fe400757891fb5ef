import type { SiteContext, SiteDeps } from '../context.ts';

/** The signed cookie that the browser keeps during a login at Discord; each tab has its own. */
export interface PendingLogin {
  readonly state: string;
  readonly verifier: string;
  /** The price that the visitor was about to buy; empty for none. */
  readonly price: string;
  /** The page to return to after a logged-in user was added to the server; empty for a login. */
  readonly joinsFrom: string;
}

const GOOD_FOR_SECONDS = 10 * 60;
/** A browser's headers have an end. */
const MOST_PENDING = 5;

type Jar = Pick<SiteDeps, 'cookies' | 'now'>;

/** The beginning of a state is enough to tell a browser's own apart; the whole of it is compared. */
const nameOf = (state: string) => `login-${state.replace(/[^\w-]/g, '').slice(0, 8)}` as const;

export async function keepPendingLogin(
  c: SiteContext,
  { cookies, now }: Jar,
  secret: string,
  { state, verifier, price, joinsFrom }: PendingLogin,
): Promise<void> {
  // Browsers send the oldest first.
  for (const name of cookies.logins(c).slice(0, 1 - MOST_PENDING)) cookies.clear(c, name);
  const expiresAtMs = now().getTime() + GOOD_FOR_SECONDS * 1000;
  const value = JSON.stringify([state, verifier, price, expiresAtMs, joinsFrom]);
  await cookies.setSigned(c, nameOf(state), value, secret, GOOD_FOR_SECONDS);
}

/** Takes out the one that this answer of Discord belongs to: it counts once. */
export async function takePendingLogin(
  c: SiteContext,
  { cookies, now }: Jar,
  secret: string,
): Promise<PendingLogin | undefined> {
  const name = nameOf(c.req.query('state') ?? '');
  const value = await cookies.getSigned(c, name, secret);
  if (value === undefined) return undefined;
  cookies.clear(c, name);
  // The signature is ours, so `keepPendingLogin` wrote this value.
  const [state, verifier, price, expiresAtMs, joinsFrom]: [string, string, string, number, string] = JSON.parse(value);
  return now().getTime() < expiresAtMs ? { state, verifier, price, joinsFrom } : undefined;
}
