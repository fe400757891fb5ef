import { ConfigError } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { stopOnSignals } from '@moddy/runtime/service';
import { type BotConfig, readConfig } from './config.ts';
import { startBot } from './start.ts';

const config = readConfigOrExit();
const log = createLogger(config.logLevel, 'discord-bot');
stopOnSignals(await startBot(config, log), log);

function readConfigOrExit(): BotConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
