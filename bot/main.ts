import { orExit } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { stopOnSignals } from '@moddy/runtime/service';
import { readConfig } from './config.ts';
import { startBot } from './start.ts';

const config = await orExit(() => readConfig(process.env));
const log = createLogger(config.logLevel, 'discord-bot');
stopOnSignals(await orExit(() => startBot(config, log)), log);
