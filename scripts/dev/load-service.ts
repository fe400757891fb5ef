import { once } from 'node:events';
import { createInterface } from 'node:readline';

/*
 * `node scripts/dev/load-service.ts bot`: loads a service, says so, and starts it when a line arrives on standard input.
 * So what cannot be loaded never replaces what runs. The end of standard input is the end of `make dev`, however it ended.
 */

const [service] = process.argv.slice(2);
await import(`../../${service}/start.ts`);
console.log(JSON.stringify({ level: 'debug', message: 'loaded' }));
const input = createInterface(process.stdin);
input.once('close', () => process.kill(process.pid, 'SIGTERM'));
await once(input, 'line');
await import(`../../${service}/main.ts`);
