import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { closeNow, listen } from '../listen.ts';
import { controls } from './control/controls.ts';
import { controlRoutes } from './control/routes.ts';
import { Faults } from './faults/faults.ts';
import { RateLimits } from './faults/rate-limits.ts';
import { connect } from './gateway/connection.ts';
import { Gateway } from './gateway/gateway.ts';
import { Interactions } from './interactions/interactions.ts';
import { authorizePage } from './oauth2/authorize-page.ts';
import { Grants } from './oauth2/grants.ts';
import { withoutVersion } from './rest/authenticate.ts';
import type { Env } from './rest/env.ts';
import { rest } from './rest/rest.ts';
import { CHANNEL_WEBHOOK } from './world/seed.ts';
import { World } from './world/world.ts';

export interface DiscordOptions {
  /** 0: any free one. */
  port?: number;
  host?: string;
}

export type SandboxDiscord = Awaited<ReturnType<typeof startDiscord>>;

/** Starts a local Discord of its own: it shares nothing with another one in the same process. */
export async function startDiscord({ port = 0, host = '127.0.0.1' }: DiscordOptions = {}) {
  const world = new World();
  const faults = new Faults();
  const limits = new RateLimits(world.clock);
  const interactions = new Interactions(world);
  const grants = new Grants(world.clock);
  let origin = '';
  const gateway = new Gateway(world, () => `${origin.replace('http', 'ws')}/gateway`);
  const app = new Hono<Env>({ getPath: (request) => withoutVersion(new URL(request.url).pathname) });
  app.route('/api', rest({ world, gateway, faults, limits, interactions, grants }));
  authorizePage(app, world, grants);
  const discord = controls({ world, gateway, faults, limits, interactions, grants });
  app.route('/_sandbox/discord', controlRoutes(discord, world.closing.signal));

  const server = createServer(getRequestListener(app.fetch));
  // Longer than any client keeps an idle connection: the sandbox never closes one under a request.
  server.keepAliveTimeout = 120_000;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const unanswered = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    gateway.counts.upgrades += 1;
    world.changes.emit({ type: 'gateway_asked', op: 'upgrade' });
    const { accepting, upgradeStatus } = gateway.behaviour;
    if (accepting) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        connect(gateway, webSocket, new URL(request.url ?? '/', origin).searchParams);
      });
      return;
    }
    world.changes.emit({ type: 'gateway_connection_refused' });
    if (upgradeStatus === 0) {
      unanswered.add(socket);
      socket.on('error', () => undefined).on('close', () => unanswered.delete(socket));
    } else socket.end(`HTTP/1.1 ${upgradeStatus} Sandbox\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  origin = `http://${host}:${await listen(server, port, host)}`;

  return {
    ...discord,
    /** The base URL of a client, which appends /v10. */
    apiUrl: `${origin}/api`,
    webUrl: origin,
    /** Posts into the server's channel. */
    channelWebhookUrl: `${origin}/api/webhooks/${CHANNEL_WEBHOOK.id}/${CHANNEL_WEBHOOK.token}`,
    get token() {
      return world.token;
    },
    applicationId: world.applicationId,
    clientSecret: world.clientSecret,
    publicKey: world.publicKey,
    guildId: world.guild.id,
    async close(): Promise<void> {
      world.closing.abort();
      world.changes.clear();
      for (const client of sockets.clients) client.terminate();
      for (const socket of unanswered) socket.destroy();
      for (const session of gateway.sessions.values()) session.end();
      world.clock.stop();
      await closeNow(server);
    },
  };
}
