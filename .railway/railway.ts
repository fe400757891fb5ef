import { createRailwayContext, defineRailway, github, postgres, preserve, project, service } from 'railway/iac';

/*
 * The whole project: what does not stand here is destroyed at `railway config apply`. Values that are secret are set
 * once in Railway and preserved. See docs/railway.md.
 */

const REPOSITORY = 'your-account/moddy';
/** Waits for the workflow `check` of the commit: a drift between document and code is never deployed. */
const source = github(REPOSITORY, { checkSuites: true });
/** A change of the bot alone does not deploy the backend, nor the other way round. */
const BOTH_USE = ['generated/**', 'openapi/**', 'runtime/**', 'package.json', 'package-lock.json', '.node-version'];
/** The service stops within 25 s; Railway's own default kills it at once. */
const DRAINING_SECONDS = 30;

/** Variables that are set in Railway and stay as they are there, or unset. One without a line here would be deleted. */
const kept = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, preserve()]));

// Not the context that the CLI gives: its older versions give none.
const { shared } = createRailwayContext({});

const both = {
  // The only installation of an image: what the services need and nothing else.
  RAILPACK_INSTALL_CMD: 'npm ci --omit=dev',
  PORT: '8080',
  INTERNAL_PORT: '3000',
  // Node keeps compiled code here from one start of a container to the next.
  NODE_COMPILE_CACHE: '.cache/compiled',
  INTERNAL_API_SECRET: shared.INTERNAL_API_SECRET,
  ...kept(
    'INTERNAL_API_SECRET_PREVIOUS',
    'WEBSITE_URL',
    'DEFAULT_LOCALE',
    'LOG_LEVEL',
    'LISTEN_HOST',
    'DISCORD_API_URL',
  ),
};

export default defineRailway(() => {
  const database = postgres('postgres');

  const bot = service('moddy', {
    source,
    build: { watchPatterns: ['bot/**', ...BOTH_USE] },
    // `node` itself, not npm: under npm SIGTERM never reaches the program, and every deployment would cut calls off.
    start: 'node bot/main.ts',
    healthcheck: '/healthz',
    // Two would log in with one token and answer everything twice; the locks of roles and messages live in its memory.
    replicas: 1,
    deploy: { overlapSeconds: 0, drainingSeconds: DRAINING_SECONDS, restartPolicyType: 'ALWAYS' },
    env: {
      ...both,
      BACKEND_INTERNAL_URL: 'http://website-backend.railway.internal:3000',
      ...kept(
        'DISCORD_TOKEN',
        'DISCORD_GUILD_ID',
        'PLAN_ROLES',
        'PLAN_ROLES_RETIRED',
        'DISCORD_INVITE_URL',
        'DISCORD_PUBLIC_KEY',
        'LOG_MESSAGES',
      ),
    },
  });

  const backend = service('website-backend', {
    source,
    build: { watchPatterns: ['backend/**', ...BOTH_USE] },
    preDeploy: 'node backend/operator/commands/migrate.ts',
    start: 'node backend/main.ts',
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
      ...kept(
        'STRIPE_API_KEY',
        'STRIPE_WEBHOOK_SECRET',
        'STRIPE_API_URL',
        'PLAN_PRICES',
        'PAST_DUE_GRACE_DAYS',
        'REFUND_POLICY',
        'DELIVERIES_PAUSED',
        'EVENT_RETENTION_DAYS',
        'DISCORD_CLIENT_ID',
        'DISCORD_CLIENT_SECRET',
        'SESSION_SECRET',
        'CHECKOUT',
        'DISCORD_INVITE_URL',
        'JOIN_ON_LOGIN',
        'TERMS_URL',
        'SUPPORT_URL',
        'OPERATOR_WEBHOOK_URL',
        'OPERATOR_WEBHOOK_SUBSCRIPTIONS',
      ),
    },
  });

  return project('moddy', { resources: [database, bot, backend] });
});
