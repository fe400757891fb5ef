import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startPostgres } from '@moddy/sandbox/postgres';
import { backendVariables, botVariables, freeAddresses, LOCAL_SECRET, urlsOf } from '@moddy/scripts/system/environment';
import { type Effort, interleave, spreadOf } from '../measure.ts';
import { atMost, type Row, type Section } from '../report.ts';
import { startMeasured } from '../service.ts';

const SERVICES = ['bot', 'backend'] as const;
/** Long enough for what a start leaves behind to be collected. */
const IDLE_MS = 3_000;

/** Process start → first answered /healthz, with Node's own compile cache full and empty, and the memory of the idle service. */
export async function start({ rounds }: Effort): Promise<Section> {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const discord = await startDiscord();
  const addresses = await freeAddresses();
  const stripe = { url: 'http://127.0.0.1:1', apiKey: 'sk_test_bench' };
  const variables = {
    bot: botVariables(addresses, discord),
    backend: backendVariables(addresses, stripe, { DATABASE_URL: await postgres.createDatabase() }),
  };
  const caches = await mkdtemp(path.join(tmpdir(), 'moddy-start-'));
  const begin = (service: (typeof SERVICES)[number], cache: string) =>
    startMeasured(service, { ...variables[service], NODE_COMPILE_CACHE: path.join(caches, cache) });
  const rows: Row[] = [];
  for (const service of SERVICES) {
    const first = await begin(service, service);
    // Node writes what it compiled when the process exits; a killed one writes nothing.
    await first.kill('SIGTERM');
    if ((await readdir(path.join(caches, service))).length === 0) throw new Error(`The ${service} wrote no cache`);
    const caching = { [service]: service, [`${service}, nothing compiled yet`]: 'never written' };
    const plan = { rounds: Math.ceil(rounds / 2), warmUps: 1 };
    const seconds = await interleave(Object.keys(caching), plan, async (name) => {
      const started = await begin(service, caching[name] ?? '');
      await started.kill('SIGKILL');
      return started.startMs / 1_000;
    });
    for (const [name, of] of seconds) {
      rows.push({ name, value: spreadOf(of), unit: 's', ...(name === service && { goal: atMost(0.8) }) });
    }
    const idle = await begin(service, service);
    await delay(IDLE_MS);
    const memory = await residentMegabytes(urlsOf(addresses)[`${service}Internal`]);
    await idle.kill('SIGKILL');
    rows.push({ name: `${service}, resident memory when idle`, value: spreadOf([memory]), unit: 'MB' });
  }
  await Promise.all([discord.close(), postgres.stop(), rm(caches, { recursive: true, force: true })]);
  return { title: 'Process start → first answered /healthz', note: 'time; the backend on a migrated Postgres', rows };
}

async function residentMegabytes(internalUrl: string): Promise<number> {
  const answer = await fetch(`${internalUrl}/metrics`, { headers: { authorization: `Bearer ${LOCAL_SECRET}` } });
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(await answer.text())?.[1]) / 1_000_000;
}
