import { ConfigError } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { stopOnSignals } from '@moddy/runtime/service';
import { type BackendConfig, readConfig } from './config.ts';
import { startBackend } from './start.ts';

const config = configOrExit();
const log = createLogger(config.logLevel, 'website-backend');
const backend = await startBackend(config, log);
stopOnSignals(backend, log);
await backend.started;

function configOrExit(): BackendConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
