import type { Called, Calls } from '../clients/attend.ts';
import { type Child, startChild } from '../measure/child.ts';
import { interleave, ratioOf, spreadOf, warmUpsOf } from '../measure/rounds.ts';
import { startServer } from '../measure/server-cpu.ts';
import type { Workload } from './workload.ts';

/** The generated client against undici's pool, both asking the same bare server. */
export const clientPath: Workload = async ({ rounds, requests }) => {
  const server = await startServer('servers/bare.ts');
  const clients: Record<string, Child> = {
    'Pool.request alone': startChild('clients/pool.ts'),
    'Pool.request, deadline': startChild('clients/pool.ts', { args: ['deadline'] }),
    'openapi-fetch, fetch': startChild('clients/stock.ts'),
    'Moddy, generated': startChild('clients/generated.ts'),
  };
  const names = Object.keys(clients);
  const order: Calls = { port: server.port, calls: requests, concurrency: 64 };
  const samples = await interleave({ names, rounds, warmUps: warmUpsOf(requests) }, async (name) => {
    const called = await clients[name]?.ask<Called>(order);
    return called?.cpuMicros ?? Number.NaN;
  });
  await Promise.all([...Object.values(clients), server.child].map((child) => child.stop()));
  const base = samples.get(names[0] ?? '') ?? [];
  return [
    {
      title: 'Calling notifyUser, 64 at a time',
      note: 'CPU of the calling process per call, all threads; × of what undici’s pool alone can do',
      rows: [...samples].map(([name, of]) => ({ name, value: spreadOf(of), unit: 'µs', ratio: ratioOf(base, of) })),
    },
  ];
};
