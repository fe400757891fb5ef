import { orExit } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { stopOnSignals } from '@moddy/runtime/service';
import { readConfig } from './config.ts';
import { startBackend } from './start.ts';

const config = await orExit(() => readConfig(process.env));
const log = createLogger(config.logLevel, 'website-backend');
const backend = await orExit(() => startBackend(config, log));
stopOnSignals(backend, log);
await orExit(() => backend.started);
