import { type Child, startChild } from '../child.ts';
import type { Calls } from '../clients.ts';
import { type Effort, interleave, warmUpsOf } from '../measure.ts';
import { atLeast, compared, type Section } from '../report.ts';

/** The generated client against undici's pool, both asking the same bare server. */
export async function clientPath({ rounds, requests }: Effort): Promise<Section> {
  const server = startChild('servers/bare.ts');
  const clients: Readonly<Record<string, Child>> = {
    'Pool.request alone': startChild('clients.ts', ['pool']),
    'Moddy, generated': startChild('clients.ts', ['generated']),
  };
  const order: Calls = { port: await server.next<number>(), calls: requests };
  const plan = { rounds, warmUps: warmUpsOf(requests) };
  const cost = async (name: string) => (await clients[name]?.ask<number>(order)) ?? Number.NaN;
  const samples = await interleave(Object.keys(clients), plan, cost);
  await Promise.all([...Object.values(clients), server].map((child) => child.stop()));
  return {
    title: 'Calling notifyUser, 64 at a time',
    note: 'CPU of the calling process per call, all threads; × of what undici’s pool alone can do',
    rows: compared(samples, 'µs', { 'Moddy, generated': atLeast(0.4) }),
  };
}
