import autocannon from 'autocannon';
import { type Child, startChild } from '../child.ts';
import { type Effort, interleave, warmUpsOf } from '../measure.ts';
import { atLeast, compared, type Section } from '../report.ts';
import { BODY, notifyUser, SECRET } from '../servers/work.ts';

const CONNECTIONS = 64;

/** The bot's private API against others that do the same work: see servers/work.ts. */
export async function serverPath({ rounds, requests, check }: Effort): Promise<Section> {
  const servers: Readonly<Record<string, Child>> = {
    'node:http alone': startChild('servers/bare.ts'),
    Moddy: startChild('servers/ours.ts'),
    ...(!check && {
      'Moddy, whole handler': startChild('servers/ours.ts', ['whole']),
      'Fastify 5, schemas': startChild('servers/fastify.ts'),
      'OpenAPIHono, bearerAuth': startChild('servers/stock.ts'),
    }),
  };
  const ports = new Map<string, number>();
  for (const [name, server] of Object.entries(servers)) ports.set(name, await server.next<number>());
  const plan = { rounds, warmUps: warmUpsOf(requests) };
  const samples = await interleave(Object.keys(servers), plan, async (name) => {
    const cpuMicros = async () => (await servers[name]?.ask<number>({})) ?? Number.NaN;
    const before = await cpuMicros();
    await load(ports.get(name) ?? 0, requests);
    return ((await cpuMicros()) - before) / requests;
  });
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  return {
    title: 'POST /internal/notify',
    note: 'CPU of the server process per request, all threads; × of what node:http alone can carry',
    rows: compared(samples, 'µs', { Moddy: atLeast(0.75, 0.45) }),
  };
}

let sequence = 0;

/** Requests as the generated client sends them, each with a key of its own. @throws when an answer was not 2xx. */
async function load(port: number, requests: number): Promise<void> {
  // Awake all the time: what it costs to wake the load would be counted as the server's, more for a slower one.
  let isDone = false;
  const stayAwake = () => void (isDone || setImmediate(stayAwake));
  stayAwake();
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${notifyUser.path}`,
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(BODY),
    requests: [
      {
        setupRequest: (request) => {
          sequence += 1;
          return { ...request, headers: { ...request.headers, 'idempotency-key': `${process.pid}-${sequence}` } };
        },
      },
    ],
    connections: CONNECTIONS,
    amount: requests,
    // It ends at the first sample after its last answer.
    sampleInt: 20,
  });
  isDone = true;
  if (result['2xx'] !== requests) throw new Error(`${result['2xx']} of ${requests} were answered 2xx`);
}
