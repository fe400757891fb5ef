import { ConfigError } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { startQuickly } from '@moddy/runtime/quick-start';
import { stopOnSignals } from '@moddy/runtime/service';
import { type BackendConfig, readConfig } from './config.ts';

startQuickly(['drizzle-orm', 'hono', 'stripe', 'zod']);
// At the end of a build: whatever is loaded leaves its compiled code behind.
if (process.argv[2] === 'compile') await import('./start.ts');
else await start();

async function start(): Promise<void> {
  const config = configOrExit();
  const log = createLogger(config.logLevel, 'website-backend');
  const { startBackend } = await import('./start.ts');
  const backend = await startBackend(config, log);
  stopOnSignals(backend, log);
  await backend.started;
}

function configOrExit(): BackendConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
