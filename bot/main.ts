import { ConfigError } from '@moddy/runtime/config';
import { createLogger } from '@moddy/runtime/log';
import { startQuickly } from '@moddy/runtime/quick-start';
import { stopOnSignals } from '@moddy/runtime/service';
import { type BotConfig, readConfig } from './config.ts';

startQuickly();
// At the end of a build: whatever is loaded leaves its compiled code behind.
if (process.argv[2] === 'compile') await import('./start.ts');
else await start();

async function start(): Promise<void> {
  const config = readConfigOrExit();
  const log = createLogger(config.logLevel, 'discord-bot');
  const { startBot } = await import('./start.ts');
  stopOnSignals(await startBot(config, log), log);
}

function readConfigOrExit(): BotConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
