import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { invalidJson } from './discord-error.ts';

export type Env = { Bindings: HttpBindings };
export type App = Hono<Env>;

/** Typed with the vendor's result type at each call. */
export const reply = <T>(body: T, status = 200): Response => Response.json(body, { status });
export const noContent = (): Response => new Response(null, { status: 204 });

export async function readJson(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

/** URL-encoded by the client (Discord docs: Audit Log, X-Audit-Log-Reason). */
export function auditLogReason(c: Context<Env>): string | null {
  const reason = c.req.header('x-audit-log-reason');
  if (reason === undefined) return null;
  try {
    return decodeURIComponent(reason);
  } catch {
    return reason;
  }
}
