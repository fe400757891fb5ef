import { existsSync } from 'node:fs';
import { readConfig as readBackend } from '@moddy/backend/config';
import { readConfig as readBot } from '@moddy/bot/config';
import { ConfigError } from '@moddy/runtime/config';
import { createRailwayContext, project, type ServiceNode } from 'railway/iac';
import { describe, expect, it } from 'vitest';
import describeProject from './railway.ts';

const ROOT = new URL('../', import.meta.url);
/** What the operator sets, and what Railway puts in the place of a reference. */
const GIVEN: Record<string, string> = {
  INTERNAL_API_SECRET: 'a-secret-of-production-0123456789-abcdef',
  DATABASE_URL: 'postgres://postgres.railway.internal/railway',
  DATABASE_DIRECT_URL: 'postgres://postgres.railway.internal/railway',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '1',
  PLAN_ROLES: '{"moddy_max": ["2"]}',
  PLAN_PRICES: '{"moddy_max": ["price_1"]}',
  STRIPE_API_KEY: 'sk_live_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  WEBSITE_URL: 'https://moddy.example',
  DISCORD_CLIENT_ID: '3',
  DISCORD_CLIENT_SECRET: 'client-secret-of-production-0123456789',
  SESSION_SECRET: 'session-secret-of-production-0123456789',
};

const described = await describeProject(createRailwayContext({ environment: 'production' }), (name, definition) =>
  project(name, definition),
);
const services = new Map(
  described.resources?.flatMap((resource) =>
    'type' in resource && resource.type === 'service' ? [[resource.name, resource] as const] : [],
  ),
);

function serviceNamed(name: string): ServiceNode {
  const found = services.get(name);
  if (!found) throw new Error(`No service ${name}.`);
  return found;
}

/** The environment the service starts with on Railway. */
const environmentOf = (service: ServiceNode) => ({
  RAILWAY_ENVIRONMENT: 'production',
  ...Object.fromEntries(
    Object.entries(service.variables ?? {}).map(([name, variable]) => [
      name,
      variable.type === 'literal' ? String(variable.value) : GIVEN[name],
    ]),
  ),
});

/** The program that a command starts; its first word is the Node of the project. */
const programOf = (command: string | null | undefined) => command?.split(' ')[1] ?? '';

describe.each([
  ['moddy', readBot],
  ['website-backend', readBackend],
])('%s on Railway', (name, readConfig) => {
  const service = serviceNamed(name);

  it('has every variable it needs, and the port its peer calls', () => {
    expect(readConfig(environmentOf(service)).internalPort).toBe(3000);
    for (const missing of ['INTERNAL_API_SECRET', name === 'moddy' ? 'DISCORD_TOKEN' : 'DATABASE_URL'])
      expect(() => readConfig({ ...environmentOf(service), [missing]: undefined })).toThrow(ConfigError);
  });

  it('starts node itself, is watched at /healthz, and may drain for longer than it takes', () => {
    expect(service.deploy?.startCommand).toMatch(/^node_modules\/\.bin\/node /);
    expect(existsSync(new URL(programOf(service.deploy?.startCommand), ROOT))).toBe(true);
    expect(service.deploy).toMatchObject({ healthcheckPath: '/healthz', drainingSeconds: 30 });
  });

  it('is built only when the gates pass, and deployed when a folder changes that it loads', () => {
    expect(service.build?.buildCommand).toMatch(/&& [^&]*node scripts\/check\.ts$/);
    const folders = service.build?.watchPatterns?.map((pattern) => pattern.replace('/**', '')) ?? [];
    expect(folders).toEqual(expect.arrayContaining(['runtime', 'generated', 'openapi', 'package-lock.json']));
    for (const folder of folders) expect(existsSync(new URL(folder, ROOT)), folder).toBe(true);
  });

  it('keeps compiled code where its container may write', () => {
    expect(environmentOf(service)).toHaveProperty('NODE_COMPILE_CACHE', '.cache/compiled');
  });
});

it('runs one bot, and migrates before the backend is replaced', () => {
  expect(serviceNamed('moddy').deploy).toMatchObject({ numReplicas: 1, overlapSeconds: 0 });
  const [migrate] = serviceNamed('website-backend').deploy?.preDeployCommand ?? [];
  expect(existsSync(new URL(programOf(migrate), ROOT))).toBe(true);
  expect(programOf(migrate)).toBe('backend/operator/commands/migrate.ts');
});

it('calls the services by the names it gives them', () => {
  expect(readBackend(environmentOf(serviceNamed('website-backend'))).botUrl).toMatch(/^http:\/\/moddy\./);
  expect(readBot(environmentOf(serviceNamed('moddy'))).backendUrl).toMatch(/^http:\/\/website-backend\./);
});
