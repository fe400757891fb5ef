import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readConfig as readBackend } from '@moddy/backend/config';
import { readConfig as readBot } from '@moddy/bot/config';
import { ConfigError } from '@moddy/runtime/config';
import { createRailwayContext, project, type ServiceNode } from 'railway/iac';
import { describe, expect, it } from 'vitest';
import describeProject from './railway.ts';

const ROOT = new URL('../', import.meta.url);
/** The variables that the operator sets, and the values that Railway substitutes for references. */
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

/** The variables that a service names when it starts. */
function faultsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => fault.split(' ')[0] ?? '');
  }
}

/** The program that a command starts; its first word is node. */
const programOf = (command: string | null | undefined) => command?.split(' ')[1] ?? '';

describe.each([
  ['moddy', readBot],
  ['website-backend', readBackend],
])('%s on Railway', (name, readConfig) => {
  const service = serviceNamed(name);

  it('has every required variable, and the port that its peer calls', () => {
    expect(readConfig(environmentOf(service)).internalPort).toBe(3000);
    for (const missing of ['INTERNAL_API_SECRET', name === 'moddy' ? 'DISCORD_TOKEN' : 'DATABASE_URL'])
      expect(() => readConfig({ ...environmentOf(service), [missing]: undefined })).toThrow(ConfigError);
  });

  it('has exactly the variables that it reads', () => {
    const read = new Set<string>();
    const recorded = new Proxy<Record<string, string | undefined>>(environmentOf(service), {
      get: (variables, variable: string) => {
        read.add(variable);
        return variables[variable];
      },
    });
    readConfig(recorded);
    const ofPlatform = new Set(['RAILWAY_ENVIRONMENT', 'NODE_ENV']);
    const notOurs = new Set(['RAILPACK_INSTALL_CMD', 'NODE_COMPILE_CACHE']);
    expect(
      Object.keys(service.variables ?? {})
        .filter((variable) => !notOurs.has(variable))
        .sort(),
    ).toEqual([...read].filter((variable) => !ofPlatform.has(variable)).sort());
  });

  it('lacks, when new, exactly the variables that docs/railway.md lists', () => {
    const guide = readFileSync(new URL('docs/railway.md', ROOT), 'utf8');
    const [, listed = ''] = guide.match(new RegExp(`^ *- \\*\\*${name}\\*\\* misses (.*)\\.$`, 'm')) ?? [];
    const fresh = Object.fromEntries(
      Object.entries(environmentOf(service)).filter(([variable]) => service.variables?.[variable]?.type !== 'preserve'),
    );
    expect(listed).not.toBe('');
    expect(faultsOf(() => readConfig(fresh)).sort()).toEqual(
      [...listed.matchAll(/`(\w+)`/g)].map(([, variable]) => variable ?? '').sort(),
    );
  });

  it('starts node directly, has its health check at /healthz, and may drain for 30 s', () => {
    expect(service.deploy?.startCommand).toMatch(/^node /);
    expect(existsSync(new URL(programOf(service.deploy?.startCommand), ROOT))).toBe(true);
    expect(service.deploy).toMatchObject({ healthcheckPath: '/healthz', drainingSeconds: 30 });
  });

  it('waits for the checks of its commit, and is deployed when a folder that it loads changes', () => {
    expect(service.source).toMatchObject({ type: 'github', checkSuites: true });
    const folders = service.build?.watchPatterns?.map((pattern) => pattern.replace('/**', '')) ?? [];
    expect(folders).toEqual(expect.arrayContaining(['runtime', 'generated', 'openapi', 'package-lock.json']));
    for (const folder of folders) expect(existsSync(new URL(folder, ROOT)), folder).toBe(true);
  });

  it('keeps compiled code in .cache, where its container may write', () => {
    expect(environmentOf(service)).toHaveProperty('NODE_COMPILE_CACHE', '.cache/compiled');
  });
});

it('one bot runs, and the migration runs before the backend is replaced', () => {
  expect(serviceNamed('moddy').deploy).toMatchObject({ numReplicas: 1, overlapSeconds: 0 });
  const [migrate] = serviceNamed('website-backend').deploy?.preDeployCommand ?? [];
  expect(existsSync(new URL(programOf(migrate), ROOT))).toBe(true);
  expect(programOf(migrate)).toBe('backend/operator/commands/migrate.ts');
});

it('the internal URLs have the names of the services', () => {
  expect(readBackend(environmentOf(serviceNamed('website-backend'))).botUrl).toMatch(/^http:\/\/moddy\./);
  expect(readBot(environmentOf(serviceNamed('moddy'))).backendUrl).toMatch(/^http:\/\/website-backend\./);
});

it('the project is the same when the CLI evaluates it without a context', () => {
  const evaluate = `
    import { pathToFileURL } from 'node:url';
    const { default: describe } = await import(pathToFileURL(process.argv[1]).href);
    console.log(JSON.stringify(await describe({})));
  `;
  const file = new URL('.railway/railway.ts', ROOT).pathname;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', evaluate, '--', file], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(described)));
});

it('.env.example lists exactly the variables that both services read', () => {
  const example = readFileSync(new URL('.env.example', ROOT), 'utf8');
  const listed = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, variable]) => variable ?? '');
  const set = [...services.values()].flatMap(({ variables }) => Object.keys(variables ?? {}));
  const ofServices = new Set(set.filter((variable) => !/^(RAILPACK|NODE)_/.test(variable)));
  expect(listed.toSorted()).toEqual([...ofServices].sort());
});
