import type { SiteContext } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';

/** What is kept in the browser between leaving for Discord and coming back, signed. */
export interface PendingLogin {
  readonly state: string;
  readonly verifier: string;
  /** What the visitor was about to buy. */
  readonly price: string;
  readonly expiresAtMs: number;
}

const GOOD_FOR_SECONDS = 10 * 60;

type Jar = Pick<SiteDeps, 'cookies' | 'now'>;

export async function keepPendingLogin(
  c: SiteContext,
  { cookies, now }: Jar,
  secret: string,
  pending: Omit<PendingLogin, 'expiresAtMs'>,
): Promise<void> {
  const { state, verifier, price } = pending;
  const expiresAtMs = now().getTime() + GOOD_FOR_SECONDS * 1000;
  const value = JSON.stringify([state, verifier, price, expiresAtMs]);
  await cookies.setSigned(c, 'login', value, secret, GOOD_FOR_SECONDS);
}

/** Takes it out: an answer of Discord counts once. */
export async function takePendingLogin(
  c: SiteContext,
  { cookies, now }: Jar,
  secret: string,
): Promise<PendingLogin | undefined> {
  const value = await cookies.getSigned(c, 'login', secret);
  if (value === undefined) return undefined;
  cookies.clear(c, 'login');
  // Signed by us: it is what `keepPendingLogin` wrote.
  const [state, verifier, price, expiresAtMs] = JSON.parse(value) as [string, string, string, number];
  return now().getTime() < expiresAtMs ? { state, verifier, price, expiresAtMs } : undefined;
}
