import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startStripe } from './start.ts';

const script = `
  const { startStripe } = await import(${JSON.stringify(new URL('./start.ts', import.meta.url).href)});
  const sandbox = await startStripe({ webhooks: [{ url: 'http://127.0.0.1:9', secret: 'whsec_x' }] });
  await fetch(sandbox.url + '/_sandbox/stripe/events');
  sandbox.subscribe({ discordId: '1', price: 'price_moddy_max_month' });
  sandbox.fail({ effect: 'hang' });
  const hanging = fetch(sandbox.url + '/v1/account').catch(() => undefined);
  await sandbox.changes.until(() => sandbox.requests.length > 0);
  await sandbox.close();
  await hanging;
`;

it('the sandbox runs under plain node and leaves no handle when closed', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('the sandbox rejects a port that is in use', async () => {
  const sandbox = await startStripe();
  await expect(startStripe({ port: Number(new URL(sandbox.url).port) })).rejects.toThrow('EADDRINUSE');
  await sandbox.close();
});
