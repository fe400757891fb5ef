import { defineRailway, github, postgres, preserve, project, service } from 'railway/iac';

/*
 * The whole project: what does not stand here is destroyed at `railway config apply`. Values that are secret are set
 * once in Railway and preserved. See docs/railway.md.
 */

const REPOSITORY = 'your-account/moddy';
/** `node` itself, not npm: under npm SIGTERM never reaches the program, and every deployment would cut calls off. */
const NODE = 'node_modules/.bin/node';
/** A drift between document and code fails the build, so it never runs. Node 24 and the gates are dev dependencies. */
const BUILD = 'npm ci --include=dev && PATH="$PWD/node_modules/.bin:$PATH" node scripts/check.ts';
/** A change of the bot alone does not deploy the backend, nor the other way round. */
const BOTH_USE = [
  'generated/**',
  'openapi/**',
  'runtime/**',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
];
/** The service stops within 25 s; Railway's own default kills it at once. */
const DRAINING_SECONDS = 30;

const ports = { PORT: '8080', INTERNAL_PORT: '3000' };
/** Where Node keeps compiled code from one start of a container to the next. */
const compiled = { NODE_COMPILE_CACHE: '.cache/compiled' };

export default defineRailway((ctx) => {
  const database = postgres('postgres');
  const both = { ...ports, ...compiled, INTERNAL_API_SECRET: ctx.shared.INTERNAL_API_SECRET };

  const bot = service('moddy', {
    source: github(REPOSITORY),
    build: { buildCommand: BUILD, watchPatterns: ['bot/**', ...BOTH_USE] },
    start: `${NODE} bot/main.ts`,
    healthcheck: '/healthz',
    // Two would log in with one token and answer everything twice; the locks of roles and messages live in its memory.
    replicas: 1,
    deploy: { overlapSeconds: 0, drainingSeconds: DRAINING_SECONDS, restartPolicyType: 'ALWAYS' },
    env: {
      ...both,
      BACKEND_INTERNAL_URL: 'http://website-backend.railway.internal:3000',
      DISCORD_TOKEN: preserve(),
      DISCORD_GUILD_ID: preserve(),
      PLAN_ROLES: preserve(),
      PLAN_ROLES_RETIRED: preserve(),
      WEBSITE_URL: preserve(),
    },
  });

  const backend = service('website-backend', {
    source: github(REPOSITORY),
    build: { buildCommand: BUILD, watchPatterns: ['backend/**', ...BOTH_USE] },
    preDeploy: `${NODE} backend/operator/commands/migrate.ts`,
    start: `${NODE} backend/main.ts`,
    healthcheck: '/healthz',
    replicas: 2,
    // Old and new side by side for a moment: the edge may still send to the old one what came before the switch.
    deploy: { overlapSeconds: 5, drainingSeconds: DRAINING_SECONDS, restartPolicyType: 'ALWAYS' },
    env: {
      ...both,
      BOT_INTERNAL_URL: 'http://moddy.railway.internal:3000',
      DATABASE_URL: database.env.DATABASE_URL,
      // The same until a pooler stands before the database: LISTEN and migrations go past it.
      DATABASE_DIRECT_URL: database.env.DATABASE_URL,
      STRIPE_API_KEY: preserve(),
      STRIPE_WEBHOOK_SECRET: preserve(),
      PLAN_PRICES: preserve(),
      OPERATOR_WEBHOOK_URL: preserve(),
      OPERATOR_WEBHOOK_SUBSCRIPTIONS: preserve(),
      WEBSITE_URL: preserve(),
      DISCORD_CLIENT_ID: preserve(),
      DISCORD_CLIENT_SECRET: preserve(),
      SESSION_SECRET: preserve(),
    },
  });

  return project('moddy', { resources: [database, bot, backend] });
});
