import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startPostgres } from '@moddy/sandbox/postgres';
import { interleave, spreadOf } from '../measure/rounds.ts';
import { type MeasuredService, startService } from '../measure/service.ts';
import { backendVariables, botVariables } from '../measure/system.ts';
import { SECRET } from '../servers/secret.ts';
import type { Workload } from './workload.ts';

/** Long enough for what a start leaves behind to be collected. */
const IDLE_MS = 3_000;

type Services = Readonly<Record<string, () => Promise<MeasuredService>>>;

/** Process start → first answered /healthz, and the resident memory of the idle service. */
export const start: Workload = async ({ rounds }) => {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const discord = await startDiscord();
  const databaseUrl = await postgres.createDatabase();
  const caches = await mkdtemp(path.join(tmpdir(), 'moddy-start-'));
  const kept = { NODE_COMPILE_CACHE: path.join(caches, 'kept') };
  // A killed service leaves no compiled code behind, so this folder stays empty.
  const empty = { NODE_COMPILE_CACHE: path.join(caches, 'empty') };
  const startBot = (cache: object) => startService('bot/main.ts', { ...botVariables(discord), ...cache });
  const startBackend = (cache: object) =>
    startService('backend/main.ts', { ...backendVariables(databaseUrl), ...cache });
  const warm: Services = { bot: () => startBot(kept), backend: () => startBackend(kept) };
  const cold: Services = {
    'bot, nothing compiled yet': () => startBot(empty),
    'backend, nothing compiled yet': () => startBackend(empty),
  };
  const services: Services = { ...warm, ...cold };
  const names = Object.keys(warm);
  const begin = async (name: string) => {
    const service = await services[name]?.();
    if (service === undefined) throw new Error(`No service ${name}`);
    return service;
  };
  const all = { names: Object.keys(services), rounds: Math.ceil(rounds / 2), warmUps: 2 };
  const starts = await interleave(all, async (name) => {
    const service = await begin(name);
    await service.stop();
    return service.startMs / 1_000;
  });
  const memory = await interleave({ names, rounds: 3, warmUps: 0 }, async (name) => {
    const service = await begin(name);
    await delay(IDLE_MS);
    const bytes = await residentBytes(service);
    await service.stop();
    return bytes / 1_000_000;
  });
  await Promise.all([discord.close(), postgres.stop(), rm(caches, { recursive: true, force: true })]);
  return [
    {
      title: 'Process start → first answered /healthz',
      note: 'time; the backend on a migrated Postgres',
      rows: [...starts].map(([name, of]) => ({
        name,
        value: spreadOf(of),
        unit: 's',
        ...(name in warm && { goal: { of: 'value', bound: 'at most', is: 0.5 } }),
      })),
    },
    {
      title: 'Idle memory',
      note: 'resident, three seconds after the start',
      rows: [...memory].map(([name, of]) => ({ name, value: spreadOf(of), unit: 'MB' })),
    },
  ];
};

async function residentBytes({ internalUrl }: MeasuredService): Promise<number> {
  const answer = await fetch(`${internalUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } });
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(await answer.text())?.[1]);
}
