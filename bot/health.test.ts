import { expect, it } from 'vitest';
import { MEMBER, SECRET, startTestBot } from './testing/start-test-bot.ts';

it('/metrics requires the secret and has the metrics of the bot', async () => {
  const { baseUrl, call } = await startTestBot();
  expect((await fetch(`${baseUrl}/metrics`)).status).toBe(401);
  await call('GET', '/internal/health');
  await call('POST', '/internal/notify', { discord_id: MEMBER, action: 'plan_upgraded' });
  const answer = await fetch(`${baseUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } });
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const rows = (await answer.text()).split('\n');
  expect(rows).toEqual(
    expect.arrayContaining([
      'moddy_requests_total{operation="healthCheck",status="200"} 1',
      'moddy_requests_total{operation="notifyUser",status="200"} 1',
      'moddy_requests_total{operation="none",status="401"} 1',
      'moddy_request_duration_seconds_count{operation="notifyUser"} 1',
      'moddy_gateway_up 1',
      'moddy_discord_token_refused 0',
      'moddy_discord_paused 0',
      'moddy_events_waiting 0',
      'moddy_events_dropped 0',
      expect.stringMatching(/^moddy_gateway_heartbeat_ack_age_seconds [\d.]+$/),
      expect.stringMatching(/^moddy_discord_calls_total\{outcome="ok"\} \d+$/),
    ]),
  );
  expect(rows.join('\n')).not.toContain(MEMBER);
});

it('/metrics has moddy_gateway_up 0 during an outage of Discord', async () => {
  const { baseUrl } = await startTestBot({
    connects: false,
    prepare: (discord) => discord.startOutage(),
  });
  const answer = await fetch(`${baseUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } });
  expect((await answer.text()).split('\n')).toContain('moddy_gateway_up 0');
});
