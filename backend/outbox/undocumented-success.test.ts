import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { deliveries } from '../database/schema.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend } from '../testing/start-test-backend.ts';

it('an undocumented 202 settles a delivery after one call and is counted', async () => {
  const paths: string[] = [];
  const bot = createServer((request, response) => {
    paths.push(request.url ?? '');
    const isHealth = request.method === 'GET';
    const health = JSON.stringify({ status: 'healthy', service: 'discord-bot' });
    response.writeHead(isHealth ? 200 : 202).end(isHealth ? health : '{"accepted":true}');
  }).listen(0, '127.0.0.1');
  await once(bot, 'listening');
  onTestFinished(() => {
    bot.close();
    bot.closeAllConnections();
  });
  const address = bot.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const system = await startTestBackend({ BOT_INTERNAL_URL: `http://127.0.0.1:${address.port}` });
  system.stripe.subscribe({ discordId: '71', price: 'price_moddy_pro_month' });
  const settled = await eventually(
    () => system.backend.database.orm.select().from(deliveries),
    (rows) => rows.length === 2 && rows.every(({ state }) => state === 'done'),
  );
  expect(settled.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
    ['answered', 1],
    ['answered', 1],
  ]);
  expect(paths.filter((path) => path.endsWith('/notify'))).toHaveLength(1);
  const metrics = await fetch(`${system.internalUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } });
  expect(await metrics.text()).toContain('moddy_undocumented_successes_total{operation="notifyUser",status="202"} 1');
});
