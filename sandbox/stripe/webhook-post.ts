import Stripe from 'stripe';

const timeoutMs = 10_000;
const staleSeconds = 3_600;

/** `wrong`: another secret · `stale`: signed an hour ago · `absent`: no signature at all. */
export type Signing = 'absent' | 'stale' | 'valid' | 'wrong';

export interface Attempt {
  at: number;
  durationMs: number;
  /** Absent when no answer came. */
  status?: number;
  /** The error, if there was no answer; else the beginning of the answer's body. */
  note: string;
}

/** Signs with the real time, not the sandbox's clock: receivers compare the timestamp with theirs. */
export function signature(payload: string, secret: string, signing: Signing = 'valid'): string {
  const now = Math.floor(Date.now() / 1000);
  return Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: signing === 'wrong' ? `${secret}_wrong` : secret,
    timestamp: signing === 'stale' ? now - staleSeconds : now,
  });
}

/** One attempt, as Stripe makes it: no redirect followed, anything but 2xx is a failure. */
export async function post(
  { url, secret }: { url: string; secret: string },
  payload: string,
  signing: Signing,
  stopped: AbortSignal,
): Promise<Attempt> {
  const at = Date.now();
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
  if (signing !== 'absent') headers['stripe-signature'] = signature(payload, secret, signing);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: payload,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
    });
    const note = (await response.text()).slice(0, 200);
    return { at, durationMs: Date.now() - at, status: response.status, note };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { at, durationMs: Date.now() - at, note: cause instanceof Error ? cause.message : String(cause) };
  }
}
