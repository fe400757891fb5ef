import { botInternal } from '@moddy/generated/bot-internal/routes';
import { cameFromOutside } from '@moddy/runtime/public-edge';
import { maxBytes, maxDepth } from '@moddy/runtime/schema';
import { writeReply } from '@moddy/runtime/write-reply';
import { account, authorize, log, SECRET } from '../servers/work.ts';

const op = botInternal.operations.notifyUser;
const body = {
  discord_id: '123456789012345678',
  action: 'plan_upgraded',
  plan: 'moddy_max',
  metadata: { customer_id: 'cus_1', interval: 'month' },
  locale: 'fr',
};
const answer = { success: true, message: 'User notified successfully', notification_sent: true };
function time(name: string, f: () => unknown, n = 200000) {
  for (let i = 0; i < n / 4; i++) f();
  let best = Infinity;
  for (let r = 0; r < 5; r++) {
    const c = process.cpuUsage();
    for (let i = 0; i < n / 5; i++) f();
    const d = process.cpuUsage(c);
    best = Math.min(best, (d.user + d.system) / (n / 5));
  }
  console.error(name.padEnd(30), best.toFixed(3), 'µs');
}
const text = JSON.stringify(body);
const bytes = Buffer.from(text);
const dec = new TextDecoder('utf-8', { fatal: true });
time('request schema', () => op.requestBody.schema.safeParse(body));
time('metadata only', () => (op.requestBody.schema as any).shape.metadata.safeParse(body.metadata));
time('rules only', () => {
  maxBytes(16384)(body.metadata);
  maxDepth(8)(body.metadata);
});
time('strict answer', () => op.responses[200].body.strict.safeParse(answer));
time('writeReply', () => writeReply(op, 200, answer, { mend: true, requestId: 'x' }));
time('header schema', () => op.parameters[0].schema.safeParse('12345-123456-1'));
time('JSON.parse', () => JSON.parse(text));
time('decode fatal+parse', () => JSON.parse(dec.decode(bytes)));
time('toString+parse', () => JSON.parse(bytes.toString()));
const h = new Headers({ host: '127.0.0.1:3000' });
time('cameFromOutside', () => cameFromOutside(h));
time('authorize', () => authorize('Bearer ' + SECRET));
time('log', () =>
  log.info('request', { requestId: 'x', operationId: 'y', method: 'POST', status: 200, durationMs: 1.2 }),
);
time('account', () =>
  account({ requestId: 'x', operationId: 'y', method: 'POST', status: 200, startedAt: performance.now() }),
);
